import { dualstackRemoved } from "../../src/rules/dualstack-removed.ts";
import { testRule } from "../support/rule-tester.ts";
import { built, builtIn } from "./built-members.ts";
import { classWithParams, keyed } from "./group-members.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const dualstack = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" };
const profile = { albClasses: [{ name: "alb", hasParams: false }] };

testRule(dualstackRemoved, {
  allow: [
    {
      name: "dualstack that stays",
      old: { annotations: dualstack, spec, status },
      service: { annotations: dualstack, spec, status },
    },
    {
      name: "dualstack taken away while no load balancer exists",
      old: { annotations: dualstack, spec },
      service: { spec },
    },
    {
      name: "ipv4 taken away, which is the default",
      old: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
        spec,
        status,
      },
      service: { spec, status },
    },
    {
      name: "an Ingress that gives up its public IPv4 addresses",
      profile,
      old: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack" }, status },
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" },
        status,
      },
    },
    {
      name: "an address type that is none, which another rule refuses",
      old: { annotations: dualstack, spec, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "IPv4" },
        spec,
        status,
      },
    },
    {
      name: "dualstack taken away from an Ingress whose group has it from another member",
      cluster: [built("team-b/api", { "ip-address-type": "dualstack" })],
      old: builtIn("g", { "ip-address-type": "dualstack" }),
      ingress: builtIn("g"),
    },
    {
      name: "an address type that IngressClassParams overrule",
      cluster: classWithParams("theirs", { ipAddressType: "dualstack" }),
      old: { ...builtIn("g", { "ip-address-type": "dualstack" }), spec: { ingressClassName: "theirs" } },
      ingress: { ...builtIn("g"), spec: { ingressClassName: "theirs" } },
    },
    {
      name: "dualstack taken away where other members are not known",
      cluster: [],
      unsure: ["Ingress"],
      old: builtIn("g", { "ip-address-type": "dualstack" }),
      ingress: builtIn("g"),
    },
  ],
  warn: [
    {
      name: "dualstack taken away from the one Ingress of a group that states it",
      cluster: [built("team-b/api")],
      old: builtIn("g", { "ip-address-type": "dualstack" }),
      ingress: builtIn("g"),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]"],
    },
    {
      name: "a group left that has dualstack from this Ingress alone",
      cluster: [built("team-b/api")],
      old: builtIn("g", { "ip-address-type": "dualstack" }),
      ingress: { annotations: keyed({ "ip-address-type": "dualstack" }), status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]"],
    },
    {
      name: "a class without the dualstack of the class before",
      cluster: classWithParams("theirs", { ipAddressType: "dualstack" }),
      old: { spec: { ingressClassName: "theirs" }, status },
      ingress: { status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "dualstack taken away from a Service",
      old: { annotations: dualstack, spec, status },
      service: { spec, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
    {
      name: "ipv4 instead of dualstack on a Service",
      old: { annotations: dualstack, spec, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
        spec,
        status,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
    {
      name: "dualstack taken away from an Ingress",
      profile,
      old: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" }, status },
      ingress: { status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]"],
    },
  ],
});
