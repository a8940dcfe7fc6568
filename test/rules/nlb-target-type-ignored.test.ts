import { nlbTargetTypeIgnored } from "../../src/rules/nlb-target-type-ignored.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(nlbTargetTypeIgnored, {
  allow: [
    {
      name: "ip",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "instance",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance" },
      },
    },
    {
      name: "no target type",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
    },
    {
      name: "type nlb-ip, which decides alone",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "IP",
        },
      },
    },
    {
      name: "type external, which another rule judges",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "external",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "IP",
        },
      },
    },
    {
      name: "the in-tree controller, which another rule judges",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "IP" } },
    },
  ],
  warn: [
    {
      name: "IP in upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "IP" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
    {
      name: "an empty value",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
    {
      name: "type external beside a class, where the class has decided",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "external",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "pod",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "Instance" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
  ],
});
