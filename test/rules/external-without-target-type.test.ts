import { defaultProfile } from "../../src/decision/facts.ts";
import { externalWithoutTargetType } from "../../src/rules/external-without-target-type.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(externalWithoutTargetType, {
  allow: [
    {
      name: "external with a target type",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "external",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
    },
    {
      name: "external beside a class, which decides",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" },
      },
    },
    {
      name: "nlb-ip, which needs no target type",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" } },
    },
    {
      name: "another spelling of external, which the in-tree controller takes",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "External" } },
    },
    {
      name: "an update that leaves the type LoadBalancer",
      service: {
        spec: { type: "ClusterIP" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" },
      },
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" } },
    },
  ],
  deny: [
    {
      name: "external alone",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
    {
      name: "external with a target type in upper case",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "external",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "IP",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
    {
      name: "a complete claim, while the controller's gate is off",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "external",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      profile: { featureGates: { ...defaultProfile.featureGates, EnableServiceController: false } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
  ],
});
