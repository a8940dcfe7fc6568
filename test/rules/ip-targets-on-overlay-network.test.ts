import { ipTargetsOnOverlayNetwork } from "../../src/rules/ip-targets-on-overlay-network.ts";
import { testRule } from "../support/rule-tester.ts";

const targetTypeField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]";

testRule(ipTargetsOnOverlayNetwork, {
  allow: [
    {
      name: "instance targets",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      profile: { overlayNetwork: true },
    },
    {
      name: "ip targets on no overlay",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { overlayNetwork: false },
    },
    {
      name: "ip targets where nobody says it",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { overlayNetwork: true },
    },
  ],
  deny: [
    {
      name: "ip targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { overlayNetwork: true },
      fields: [targetTypeField],
    },
    {
      name: "ip targets by default",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      profile: { overlayNetwork: true, defaultTargetType: "ip" },
      fields: [targetTypeField],
    },
    {
      name: "the type nlb-ip",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
      profile: { overlayNetwork: true },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "Auto Mode, with ip targets by default",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } },
      profile: { overlayNetwork: true },
      fields: [targetTypeField],
    },
  ],
});
