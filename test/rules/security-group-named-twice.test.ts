import { securityGroupNamedTwice } from "../../src/rules/security-group-named-twice.ts";
import { testRule } from "../support/rule-tester.ts";

const key = "service.beta.kubernetes.io/aws-load-balancer-security-groups";
const disable = "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg";
const field = `metadata.annotations[${key}]`;
const claimed = { spec: { loadBalancerClass: "service.k8s.aws/nlb" } };

testRule(securityGroupNamedTwice, {
  allow: [
    { name: "two security groups", service: { ...claimed, annotations: { [key]: "sg-a, sg-b" } } },
    { name: "one Name tag twice", service: { ...claimed, annotations: { [key]: "web,sg-a,web" } } },
    {
      name: "an NLB without security groups, for which the list is not read",
      service: { ...claimed, annotations: { [key]: "sg-a,sg-a", [disable]: "true" } },
    },
    { name: "the in-tree controller", service: { annotations: { [key]: "sg-a,sg-a" } } },
  ],
  deny: [
    {
      name: "one of three twice",
      service: { ...claimed, annotations: { [key]: "sg-a,web, sg-a" } },
      fields: [field],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: { [key]: "sg-a,sg-a" } },
      fields: [field],
    },
  ],
});
