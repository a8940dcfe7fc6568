import { defaultProfile } from "../../src/decision/facts.ts";
import { ipv4SourceRangesWithDualstack } from "../../src/rules/ipv4-source-ranges-with-dualstack.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const cidrsField = "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]";
const typeField = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const ipv4Range = { "inbound-cidrs": "192.0.2.0/24" };
const dualstack = { "ip-address-type": "dualstack" };

testRule(ipv4SourceRangesWithDualstack, {
  allow: [
    {
      name: "ranges of both families",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          loadBalancerSourceRanges: ["192.0.2.0/24", "2001:db8::/32"],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "IPv4 ranges on an IPv4 load balancer",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
      },
    },
    {
      name: "no ranges, which opens both families",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/load-balancer-source-ranges": " , ",
        },
      },
    },
    {
      name: "an annotation that the field overrules",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["2001:db8::/32"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/load-balancer-source-ranges": "192.0.2.0/24",
        },
      },
    },
    {
      name: "the author's own security groups, for which ranges do not count",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1",
        },
      },
    },
    {
      name: "no security group at all",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "1",
        },
      },
    },
    {
      name: "no security group at all, since their feature gate is off",
      profile: { featureGates: { ...defaultProfile.featureGates, NLBSecurityGroup: false } },
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "an opt-out of security groups that does not parse, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "yes",
        },
      },
    },
    {
      name: "prefix lists, which may hold IPv6",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists": "pl-1",
        },
      },
    },
    {
      name: "the annotation that Auto Mode never reads",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/load-balancer-source-ranges": "192.0.2.0/24",
        },
      },
    },
    {
      name: "the in-tree controller, which builds no dual-stack load balancer",
      service: {
        spec: { loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "an Ingress with ranges of both families",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack",
          "alb.ingress.kubernetes.io/inbound-cidrs": "192.0.2.0/24, 2001:db8::/32",
        },
      },
    },
    {
      name: "an Ingress with IPv4 ranges and no address type",
      ingress: { annotations: { "alb.ingress.kubernetes.io/inbound-cidrs": "192.0.2.0/24" } },
    },
    {
      name: "an Ingress with its own security groups",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack",
          "alb.ingress.kubernetes.io/inbound-cidrs": "192.0.2.0/24",
          "alb.ingress.kubernetes.io/security-groups": "web",
        },
      },
    },
    {
      name: "an Ingress with prefix lists",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack",
          "alb.ingress.kubernetes.io/inbound-cidrs": "192.0.2.0/24",
          "alb.ingress.kubernetes.io/security-group-prefix-lists": "pl-1",
        },
      },
    },
    {
      name: "an Ingress whose IngressClassParams may bring other ranges",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack",
          "alb.ingress.kubernetes.io/inbound-cidrs": "192.0.2.0/24",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack",
          "alb.ingress.kubernetes.io/inbound-cidrs": "192.0.2.0/24",
        },
      },
    },
    { name: "IPv4 ranges in an IPv4 group", ingress: inGroup(ipv4Range), cluster: [member("team-b/api")] },
    {
      name: "IPv4 ranges of an Ingress whose class brings others",
      ingress: { annotations: keyed({ ...ipv4Range, ...dualstack }), spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { inboundCIDRs: ["192.0.2.0/24", "2001:db8::/32"] }),
    },
    {
      name: "IPv4 ranges in a group with named security groups",
      ingress: inGroup({ ...ipv4Range, ...dualstack }),
      cluster: [member("team-b/api", { "security-groups": "sg-1" })],
    },
    {
      name: "IPv4 ranges on a port that another Ingress opens by a prefix list",
      ingress: inGroup({ ...ipv4Range, ...dualstack }),
      cluster: [member("team-b/api", { "security-group-prefix-lists": "pl-1" })],
    },
    {
      name: "the address type that a group with IPv4 ranges of others has already",
      ingress: inGroup(dualstack),
      cluster: [member("team-b/api", { ...ipv4Range, ...dualstack })],
    },
    {
      name: "an Ingress that says nothing of either in its group",
      ingress: inGroup(),
      cluster: [member("team-b/api", { ...ipv4Range, ...dualstack })],
    },
  ],
  warn: [
    {
      name: "IPv4 ranges in the spec",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "IPv4 ranges in the annotation",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/load-balancer-source-ranges": "192.0.2.0/24, 198.51.100.0/24",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]"],
    },
    {
      name: "security groups and prefix lists that have no items, and so do not count",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-security-groups": "",
          "service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists": ",",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "false",
        },
      },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "Auto Mode with IPv4 ranges in the spec",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", loadBalancerSourceRanges: ["192.0.2.0/24"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "an Ingress with IPv4 ranges",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack",
          "alb.ingress.kubernetes.io/inbound-cidrs": "192.0.2.0/24",
        },
      },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]"],
    },
    {
      name: "an Ingress without public IPv4 and with IPv4 ranges",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/inbound-cidrs": "192.0.2.0/24",
        },
      },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]"],
    },
    {
      name: "IPv4 ranges in a dual-stack group",
      ingress: inGroup(ipv4Range),
      cluster: [member("team-b/api", dualstack)],
      fields: [cidrsField],
    },
    {
      name: "IPv4 ranges in a dual-stack class",
      ingress: { annotations: keyed(ipv4Range), spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { ipAddressType: "dualstack" }),
      fields: [cidrsField],
    },
    {
      name: "a class with IPv4 ranges",
      ingress: { annotations: keyed(dualstack), spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { inboundCIDRs: ["192.0.2.0/24"] }),
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an address type for a group where others have IPv4 ranges",
      ingress: inGroup(dualstack),
      cluster: [member("team-b/api", ipv4Range)],
      fields: [typeField],
    },
  ],
});
