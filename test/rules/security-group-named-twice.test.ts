import { securityGroupNamedTwice } from "../../src/rules/security-group-named-twice.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

const key = "service.beta.kubernetes.io/aws-load-balancer-security-groups";
const disable = "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg";
const field = `metadata.annotations[${key}]`;
const claimed = { spec: { loadBalancerClass: "service.k8s.aws/nlb" } };
const albField = (suffix: string): string => `metadata.annotations[alb.ingress.kubernetes.io/${suffix}]`;

testRule(securityGroupNamedTwice, {
  allow: [
    { name: "two security groups", service: { ...claimed, annotations: { [key]: "sg-a, sg-b" } } },
    { name: "one Name tag twice", service: { ...claimed, annotations: { [key]: "web,sg-a,web" } } },
    {
      name: "an NLB without security groups, for which the list is not read",
      service: { ...claimed, annotations: { [key]: "sg-a,sg-a", [disable]: "true" } },
    },
    { name: "the in-tree controller", service: { annotations: { [key]: "sg-a,sg-a" } } },
    {
      name: "one Name tag twice on an Ingress",
      ingress: { annotations: keyed({ "security-groups": "web,sg-a,web" }) },
    },
    {
      name: "the groups of a frontend NLB that nobody asks for",
      ingress: { annotations: keyed({ "frontend-nlb-security-groups": "sg-a,sg-a" }) },
    },
    {
      name: "another controller's Ingress",
      ingress: { annotations: keyed({ "security-groups": "sg-a,sg-a" }), spec: { ingressClassName: "nginx" } },
    },
  ],
  deny: [
    {
      name: "one of three twice",
      service: { ...claimed, annotations: { [key]: "sg-a,web, sg-a" } },
      fields: [field],
    },
    {
      name: "one twice on an Ingress, for the ALB and for the NLB in front of it",
      ingress: {
        annotations: keyed({
          "enable-frontend-nlb": "true",
          "security-groups": "sg-a,sg-a",
          "frontend-nlb-security-groups": "sg-b, sg-b",
        }),
      },
      fields: [albField("security-groups"), albField("frontend-nlb-security-groups")],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: { [key]: "sg-a,sg-a" } },
      fields: [field],
    },
    {
      name: "an Ingress of Auto Mode, as far as anybody knows",
      ingress: { annotations: keyed({ "security-groups": "sg-a,sg-a" }), spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass],
      fields: [albField("security-groups")],
    },
  ],
});
