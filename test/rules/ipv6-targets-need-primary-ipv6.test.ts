import { ipv6TargetsNeedPrimaryIpv6 } from "../../src/rules/ipv6-targets-need-primary-ipv6.ts";
import { testRule } from "../support/rule-tester.ts";

const targetTypeField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]";

testRule(ipv6TargetsNeedPrimaryIpv6, {
  allow: [
    {
      name: "nodes with primary IPv6 addresses",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      profile: { nodesHavePrimaryIPv6: true },
    },
    {
      name: "ip targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      profile: { nodesHavePrimaryIPv6: false },
    },
    {
      name: "an IPv4 Service",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv4"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      profile: { nodesHavePrimaryIPv6: false },
    },
    {
      name: "an NLB that is IPv4 only, which another rule judges",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] } },
      profile: { nodesHavePrimaryIPv6: false },
    },
    {
      name: "families that are not allocated yet",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      phase: "mutating",
      profile: { nodesHavePrimaryIPv6: false },
    },
    {
      name: "ip targets of Auto Mode by default",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      profile: { nodesHavePrimaryIPv6: false },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      profile: { nodesHavePrimaryIPv6: false },
    },
  ],
  deny: [
    {
      name: "nodes without them",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      profile: { nodesHavePrimaryIPv6: false },
      fields: [targetTypeField],
    },
    {
      name: "nodes without them, of a dual-stack Service",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv4", "IPv6"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
      profile: { nodesHavePrimaryIPv6: false },
      fields: [targetTypeField],
    },
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ipFamilies: ["IPv6"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
      profile: { nodesHavePrimaryIPv6: false },
      fields: [targetTypeField],
    },
  ],
  warn: [
    {
      name: "nodes of which nobody says it",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv4", "IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      fields: [targetTypeField],
    },
  ],
});
