import { nameIsFixed } from "../../src/rules/name-is-fixed.ts";
import { testRule } from "../support/rule-tester.ts";

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
  ],
  warn: [
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
