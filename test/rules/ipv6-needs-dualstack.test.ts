import { ipv6NeedsDualstack } from "../../src/rules/ipv6-needs-dualstack.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(ipv6NeedsDualstack, {
  allow: [
    {
      name: "IPv6 with dualstack",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "IPv4 with ipv4",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv4"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
    },
    {
      name: "families that are not allocated yet",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilyPolicy: "RequireDualStack" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
      phase: "mutating",
    },
    {
      name: "an address type that is none, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv6" },
      },
    },
    {
      name: "the in-tree controller",
      service: { spec: { ipFamilies: ["IPv6"] } },
    },
    {
      name: "a controller that we do not know",
      service: { spec: { loadBalancerClass: "example.com/lb", ipFamilies: ["IPv6"] } },
    },
  ],
  deny: [
    {
      name: "IPv6 with ipv4",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
    {
      name: "IPv6 as the second family, without an address type",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv4", "IPv6"] } },
      fields: ["spec.ipFamilies"],
    },
    {
      name: "Auto Mode",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ipFamilies: ["IPv6"] } },
      fields: ["spec.ipFamilies"],
    },
  ],
});
