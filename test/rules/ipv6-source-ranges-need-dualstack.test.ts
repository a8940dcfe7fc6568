import { defaultProfile } from "../../src/decision/facts.ts";
import { ipv6SourceRangesNeedDualstack } from "../../src/rules/ipv6-source-ranges-need-dualstack.ts";
import { testRule } from "../support/rule-tester.ts";

const loadBalancerClass = "service.k8s.aws/nlb";
const ipv6 = { loadBalancerClass, loadBalancerSourceRanges: ["192.0.2.0/24", "2001:db8::/32"] };
const dualstack = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" };
const annotation = (ranges: string) => ({ "service.beta.kubernetes.io/load-balancer-source-ranges": ranges });
const annotationField = "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]";

testRule(ipv6SourceRangesNeedDualstack, {
  allow: [
    { name: "a dual-stack NLB", service: { spec: ipv6, annotations: dualstack } },
    {
      name: "IPv4 ranges",
      service: {
        spec: { loadBalancerClass, loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: annotation("2001:db8::/32"),
      },
    },
    { name: "no ranges", service: { spec: { loadBalancerClass }, annotations: annotation("") } },
    {
      name: "an address type that is none, which another rule judges",
      service: {
        spec: ipv6,
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "" },
      },
    },
    {
      name: "named security groups, for which no range counts",
      service: {
        spec: ipv6,
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1" },
      },
    },
    {
      name: "an opt-out of security groups that does not parse, which another rule judges",
      service: {
        spec: ipv6,
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "yes" },
      },
    },
    {
      name: "the annotation that Auto Mode never reads",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: annotation("2001:db8::/32") },
    },
    { name: "the in-tree controller", service: { spec: { loadBalancerSourceRanges: ["2001:db8::/32"] } } },
  ],
  deny: [
    {
      name: "an IPv6 range in the field",
      service: { spec: ipv6, annotations: annotation("192.0.2.0/24") },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "an IPv6 range in the annotation, and an address type that is written",
      service: {
        spec: { loadBalancerClass },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4",
          ...annotation("192.0.2.0/24, 2001:db8::/32"),
        },
      },
      fields: [annotationField],
    },
    {
      name: "a list of security groups without items, beside prefix lists",
      service: {
        spec: ipv6,
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-security-groups": ",",
          "service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists": "pl-1",
        },
      },
      fields: ["spec.loadBalancerSourceRanges"],
    },
  ],
  warn: [
    {
      name: "an NLB without security groups",
      service: {
        spec: ipv6,
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "true" },
      },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "an NLB without security groups, since their feature gate is off",
      profile: { featureGates: { ...defaultProfile.featureGates, NLBSecurityGroup: false } },
      service: { spec: ipv6 },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "EKS Auto Mode",
      service: { spec: { ...ipv6, loadBalancerClass: "eks.amazonaws.com/nlb" } },
      fields: ["spec.loadBalancerSourceRanges"],
    },
  ],
});
