import { sourceNatPrefixNeedsDualstack } from "../../src/rules/source-nat-prefix-needs-dualstack.ts";
import { testRule } from "../support/rule-tester.ts";

const prefixField =
  "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat]";

testRule(sourceNatPrefixNeedsDualstack, {
  allow: [
    {
      name: "the prefix with dualstack",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
        },
      },
    },
    {
      name: "the prefix off with ipv4",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "off",
        },
      },
    },
    {
      name: "an address type that is none, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv6",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
        },
      },
    },
    {
      name: "the in-tree controller, which reads neither",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
        },
      },
    },
  ],
  deny: [
    {
      name: "the prefix with ipv4",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
        },
      },
      fields: [prefixField],
    },
    {
      name: "the prefix without an address type",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
        },
      },
      fields: [prefixField],
    },
  ],
});
