import { policyNotApplied } from "../../src/rules/policy-not-applied.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(policyNotApplied, {
  allow: [
    { name: "a Service that lacks nothing", service: {}, missing: [] },
    { name: "an Ingress that lacks nothing", ingress: {}, missing: [] },
  ],
  deny: [
    {
      name: "a Service that lacks two values, each under its field",
      service: {},
      missing: [
        { field: "spec.loadBalancerClass", value: "service.k8s.aws/nlb" },
        {
          field: "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]",
          value: "dualstack",
        },
      ],
      fields: [
        "spec.loadBalancerClass",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]",
      ],
    },
    {
      name: "an Ingress that lacks one value",
      ingress: {},
      missing: [{ field: "metadata.annotations[alb.ingress.kubernetes.io/target-type]", value: "ip" }],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/target-type]"],
    },
  ],
});
