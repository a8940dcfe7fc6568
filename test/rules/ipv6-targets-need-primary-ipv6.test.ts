import { ipv6TargetsNeedPrimaryIpv6 } from "../../src/rules/ipv6-targets-need-primary-ipv6.ts";
import { testRule } from "../support/rule-tester.ts";
import { ipv6, pathsTo, service } from "./backend-services.ts";
import { classWithParams, keyed } from "./group-members.ts";

const targetTypeField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]";

const toWeb = pathsTo(["web", 80]);
const web6 = [service("shop/web", { spec: ipv6 })];
const dualstack = keyed({ "ip-address-type": "dualstack" });
const albField = "metadata.annotations[alb.ingress.kubernetes.io/target-type]";
const without = { nodesHavePrimaryIPv6: false };

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
    {
      name: "nodes with primary IPv6 addresses behind an ALB",
      ingress: { annotations: dualstack, spec: toWeb },
      cluster: web6,
      profile: { nodesHavePrimaryIPv6: true },
    },
    {
      name: "ip targets of an ALB",
      ingress: { annotations: { ...dualstack, ...keyed({ "target-type": "ip" }) }, spec: toWeb },
      cluster: web6,
      profile: without,
    },
    {
      name: "an IPv4 Service behind an ALB",
      ingress: { annotations: dualstack, spec: toWeb },
      cluster: [service("shop/web")],
      profile: without,
    },
    {
      name: "an ALB that is IPv4 only, which another rule reports",
      ingress: { spec: toWeb },
      cluster: web6,
      profile: without,
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
    {
      name: "IPv6 nodes without one behind an ALB",
      ingress: { annotations: dualstack, spec: toWeb },
      cluster: web6,
      profile: without,
      fields: [albField],
    },
    {
      name: "the same by the Service's own target type",
      ingress: { annotations: { ...dualstack, ...keyed({ "target-type": "ip" }) }, spec: toWeb },
      cluster: [service("shop/web", { annotations: { "target-type": "instance" }, spec: ipv6 })],
      profile: without,
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "the same by the class",
      ingress: {
        annotations: { ...dualstack, ...keyed({ "target-type": "ip" }) },
        spec: { ...toWeb, ingressClassName: "c" },
      },
      cluster: [...web6, ...classWithParams("c", { targetType: "instance" })],
      profile: without,
      fields: ["spec.ingressClassName"],
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
    {
      name: "IPv6 nodes behind an ALB of which nobody says whether they have one",
      ingress: { annotations: dualstack, spec: toWeb },
      cluster: web6,
      fields: [albField],
    },
  ],
});
