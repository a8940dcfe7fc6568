import { nameIsFixed } from "../../src/rules/name-is-fixed.ts";
import { testRule } from "../support/rule-tester.ts";
import { built, builtIn } from "./built-members.ts";
import { inGroup } from "./group-members.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const name = "service.beta.kubernetes.io/aws-load-balancer-name";
const scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const fields = [`metadata.annotations[${name}]`] as const;
const external = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

testRule(nameIsFixed, {
  allow: [
    {
      name: "a load balancer that another controller takes over, for which another rule speaks",
      old: { annotations: { [name]: "web" }, status },
      service: { annotations: { ...external, [name]: "shop" }, status },
    },
    {
      name: "the same name",
      old: { annotations: { [name]: "web" }, spec, status },
      service: { annotations: { [name]: "web", "example.com/note": "edited" }, spec, status },
    },
    {
      name: "another name while no load balancer exists",
      old: { annotations: { [name]: "web" }, spec },
      service: { annotations: { [name]: "shop" }, spec },
    },
    {
      name: "another scheme with it, for which the load balancer is replaced",
      old: { annotations: { [name]: "web", [scheme]: "internal" }, spec, status },
      service: { annotations: { [name]: "shop", [scheme]: "internet-facing" }, spec, status },
    },
    {
      name: "the in-tree controller, which does not read it",
      old: { annotations: { [name]: "web" }, status },
      service: { annotations: { [name]: "shop" }, status },
    },
    {
      name: "another name of an ALB that is not built",
      cluster: [],
      old: inGroup({ "load-balancer-name": "web" }),
      ingress: inGroup({ "load-balancer-name": "shop" }),
    },
    {
      name: "another name of an ALB that is replaced",
      cluster: [],
      old: builtIn("g", { "load-balancer-name": "web" }),
      ingress: builtIn("g", { "load-balancer-name": "shop", scheme: "internet-facing" }),
    },
    {
      name: "another name of another ALB",
      cluster: [],
      old: builtIn("g", { "load-balancer-name": "web" }),
      ingress: builtIn("h", { "load-balancer-name": "shop" }),
    },
    {
      name: "the name that another member states",
      cluster: [built("team-b/api", { "load-balancer-name": "web" })],
      old: builtIn("g"),
      ingress: builtIn("g", { "load-balancer-name": "web" }),
    },
    {
      name: "a name that contradicts another member's, which another rule refuses",
      cluster: [built("team-b/api", { "load-balancer-name": "web" })],
      old: builtIn("g"),
      ingress: builtIn("g", { "load-balancer-name": "shop" }),
    },
  ],
  warn: [
    {
      name: "another name of an ALB",
      cluster: [built("team-b/api")],
      old: builtIn("g", { "load-balancer-name": "web" }),
      ingress: builtIn("g", { "load-balancer-name": "shop" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-name]"],
    },
    {
      name: "the name of an ALB taken away",
      cluster: [],
      old: builtIn("g", { "load-balancer-name": "web" }),
      ingress: builtIn("g"),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-name]"],
    },
    {
      name: "another name",
      old: { annotations: { [name]: "web" }, spec, status },
      service: { annotations: { [name]: "shop" }, spec, status },
      fields,
    },
    { name: "a first name", old: { spec, status }, service: { annotations: { [name]: "shop" }, spec, status }, fields },
    {
      name: "the name taken away",
      old: { annotations: { [name]: "web" }, spec, status },
      service: { spec, status },
      fields,
    },
  ],
});
