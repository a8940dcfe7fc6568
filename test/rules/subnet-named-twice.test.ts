import { subnetNamedTwice } from "../../src/rules/subnet-named-twice.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, keyed } from "./group-members.ts";

const key = "service.beta.kubernetes.io/aws-load-balancer-subnets";
const field = `metadata.annotations[${key}]`;
const claimed = { spec: { loadBalancerClass: "service.k8s.aws/nlb" } };
const albField = (suffix: string): string => `metadata.annotations[alb.ingress.kubernetes.io/${suffix}]`;

testRule(subnetNamedTwice, {
  allow: [
    { name: "two subnets", service: { ...claimed, annotations: { [key]: "subnet-a, subnet-b" } } },
    { name: "a Name tag that several have", service: { ...claimed, annotations: { [key]: "shared,shared" } } },
    { name: "the in-tree controller", service: { annotations: { [key]: "subnet-a,subnet-a" } } },
    { name: "a Name tag twice on an Ingress", ingress: { annotations: keyed({ subnets: "shared,shared" }) } },
    {
      name: "the subnets of a frontend NLB that nobody asks for",
      ingress: { annotations: keyed({ "frontend-nlb-subnets": "subnet-a,subnet-a" }) },
    },
    {
      name: "subnets that IngressClassParams overrule",
      ingress: { annotations: keyed({ subnets: "subnet-a,subnet-a" }), spec: { ingressClassName: "gold" } },
      cluster: classWithParams("gold", { subnets: { ids: ["subnet-1", "subnet-2"] } }),
    },
    {
      name: "another controller's Ingress",
      ingress: { annotations: keyed({ subnets: "subnet-a,subnet-a" }), spec: { ingressClassName: "nginx" } },
    },
  ],
  deny: [
    {
      name: "one of three twice",
      service: { ...claimed, annotations: { [key]: "subnet-a,subnet-b, subnet-a" } },
      fields: [field],
    },
    {
      name: "one twice on an Ingress, for the ALB and for the NLB in front of it",
      ingress: {
        annotations: keyed({
          "enable-frontend-nlb": "true",
          subnets: "subnet-a,subnet-a",
          "frontend-nlb-subnets": "subnet-b, subnet-b",
        }),
      },
      fields: [albField("subnets"), albField("frontend-nlb-subnets")],
    },
    {
      name: "one twice on an Ingress whose IngressClassParams leave it open",
      ingress: { annotations: keyed({ subnets: "subnet-a,subnet-a" }), spec: { ingressClassName: "gold" } },
      cluster: classWithParams("gold", { scheme: "internal" }),
      fields: [albField("subnets")],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: { [key]: "subnet-a,subnet-a" } },
      fields: [field],
    },
    {
      name: "subnets that IngressClassParams may overrule",
      ingress: { annotations: keyed({ subnets: "subnet-a,subnet-a" }) },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: [albField("subnets")],
    },
  ],
});
