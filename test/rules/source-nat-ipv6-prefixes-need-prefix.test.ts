import { sourceNatIpv6PrefixesNeedPrefix } from "../../src/rules/source-nat-ipv6-prefixes-need-prefix.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(sourceNatIpv6PrefixesNeedPrefix, {
  allow: [
    {
      name: "dualstack with prefixes on",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto_assigned",
        },
      },
    },
    {
      name: "an address type that is none, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv6",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto_assigned",
        },
      },
    },
    {
      name: "a switch that is none, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "On",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto_assigned",
        },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto_assigned" },
      },
    },
  ],
  deny: [
    {
      name: "dualstack with prefixes off",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "off",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto_assigned",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]"],
    },
    {
      name: "dualstack without the switch",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto_assigned",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]"],
    },
    {
      name: "an IPv4 NLB, and a list without items",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]"],
    },
    {
      name: "an IPv4 NLB with prefixes on",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto_assigned",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto_assigned" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]"],
    },
  ],
});
