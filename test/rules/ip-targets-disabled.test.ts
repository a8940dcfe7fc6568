import { defaultProfile } from "../../src/decision/facts.ts";
import { ipTargetsDisabled } from "../../src/rules/ip-targets-disabled.ts";
import { testRule } from "../support/rule-tester.ts";

const featureGates = { ...defaultProfile.featureGates, EnableIPTargetType: false };
const targetTypeField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]";

testRule(ipTargetsDisabled, {
  allow: [
    {
      name: "instance targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance" },
      },
      profile: { featureGates, defaultTargetType: "ip" },
    },
    {
      name: "ip targets where the gate is on",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "a spelling that means instance, whatever the default",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "IP" },
      },
      profile: { featureGates, defaultTargetType: "ip" },
    },
    {
      name: "the type nlb-ip alone, which is not looked at",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" },
      },
      profile: { featureGates },
    },
    {
      name: "the type nlb-ip beside instance, which is not looked at either",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
      profile: { featureGates, defaultTargetType: "ip" },
    },
    {
      name: "Auto Mode, whose gates nobody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { featureGates },
    },
    {
      name: "the in-tree controller, which does not read it",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { featureGates },
    },
  ],
  deny: [
    {
      name: "ip targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { featureGates },
      fields: [targetTypeField],
    },
    {
      name: "ip targets by default",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      profile: { featureGates, defaultTargetType: "ip" },
      fields: [targetTypeField],
    },
    {
      name: "ip targets beside the type nlb-ip",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      profile: { featureGates },
      fields: [targetTypeField],
    },
    {
      name: "the type nlb-ip, and ip targets by default",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" },
      },
      profile: { featureGates, defaultTargetType: "ip" },
      fields: [targetTypeField],
    },
  ],
});
