import { subnetNamedTwice } from "../../src/rules/subnet-named-twice.ts";
import { testRule } from "../support/rule-tester.ts";

const key = "service.beta.kubernetes.io/aws-load-balancer-subnets";
const field = `metadata.annotations[${key}]`;
const claimed = { spec: { loadBalancerClass: "service.k8s.aws/nlb" } };

testRule(subnetNamedTwice, {
  allow: [
    { name: "two subnets", service: { ...claimed, annotations: { [key]: "subnet-a, subnet-b" } } },
    { name: "a Name tag that several have", service: { ...claimed, annotations: { [key]: "shared,shared" } } },
    { name: "the in-tree controller", service: { annotations: { [key]: "subnet-a,subnet-a" } } },
  ],
  deny: [
    {
      name: "one of three twice",
      service: { ...claimed, annotations: { [key]: "subnet-a,subnet-b, subnet-a" } },
      fields: [field],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: { [key]: "subnet-a,subnet-a" } },
      fields: [field],
    },
  ],
});
