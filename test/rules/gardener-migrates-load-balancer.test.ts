import { gardenerMigratesLoadBalancer } from "../../src/rules/gardener-migrates-load-balancer.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const address = "service.beta.kubernetes.io/aws-load-balancer-ip-address-type";
const scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const ignore = "extensions.gardener.cloud/ignore-load-balancer";
const dualstack = { [address]: "dualstack" };
/** What Gardener's webhook makes of it. */
const rewritten = {
  ...dualstack,
  [scheme]: "internet-facing",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
};
const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const profile = { platform: "gardener", ipFamily: "dualstack" } as const;

testRule(gardenerMigratesLoadBalancer, {
  allow: [
    { name: "another platform", old: { status }, service: { annotations: dualstack, status } },
    {
      name: "a cluster without IPv6, where Gardener's webhook does nothing",
      profile: { ...profile, ipFamily: "ipv4" },
      old: { status },
      service: { annotations: dualstack, status },
    },
    { name: "no load balancer yet", profile, old: {}, service: { annotations: dualstack } },
    {
      name: "Gardener's webhook kept away",
      profile,
      old: { status },
      service: { annotations: { ...dualstack, [ignore]: "true" }, status },
    },
    {
      name: "an internal load balancer, in words that Gardener understands",
      profile,
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" }, status },
      service: {
        annotations: { ...dualstack, "service.beta.kubernetes.io/aws-load-balancer-internal": "true" },
        status,
      },
    },
    {
      name: "another address type, at which Gardener leaves the Service alone",
      profile,
      old: { status },
      service: { annotations: { [address]: "ipv4" }, status },
    },
    {
      name: "a public NLB of the AWS Load Balancer Controller, which stays public",
      profile,
      old: { annotations: { [scheme]: "internet-facing" }, spec, status },
      service: { annotations: { ...dualstack, [scheme]: "internet-facing" }, spec, status },
    },
    {
      name: "Gardener's webhook let in to a public NLB of the AWS Load Balancer Controller",
      profile,
      old: { annotations: { ...rewritten, [ignore]: "true" }, status },
      service: { annotations: rewritten, status },
    },
    {
      name: "an internal NLB that Gardener's webhook has made public already, for which the rule on schemes speaks",
      profile,
      old: { spec, status },
      service: { annotations: rewritten, spec, status },
    },
    {
      name: "an update of one that has had it all the time, at which Gardener's webhook did nothing",
      profile,
      old: { annotations: dualstack, spec, status },
      service: { annotations: { ...dualstack, "example.com/note": "edited" }, spec, status },
    },
    {
      name: "dualstack that Gardener's webhook left alone, on a cluster of which the families are not known",
      profile: { platform: "gardener" },
      old: { spec, status },
      service: { annotations: dualstack, spec, status },
    },
    {
      name: "a Service that leaves the type LoadBalancer",
      profile,
      old: { status },
      service: { annotations: dualstack, spec: { type: "ClusterIP" } },
    },
  ],
  deny: [
    {
      name: "dualstack on a load balancer of the in-tree controller",
      profile,
      old: { status },
      service: { annotations: dualstack, status },
      fields: [`metadata.annotations[${address}]`],
    },
    {
      name: "the same after Gardener's webhook, on a cluster of which the families are not known",
      profile: { platform: "gardener" },
      old: { status },
      service: { annotations: rewritten, status },
      fields: [`metadata.annotations[${address}]`],
    },
    {
      name: "any update of one that has had it all the time, unread, at which Gardener's webhook acts",
      profile,
      old: { annotations: dualstack, status },
      service: { annotations: { ...rewritten, "example.com/note": "edited" }, status },
      fields: [`metadata.annotations[${address}]`],
    },
    {
      name: "the same before Gardener's webhook has had its turn",
      phase: "mutating",
      profile,
      old: { annotations: dualstack, status },
      service: { annotations: { ...dualstack, "example.com/note": "edited" }, status },
      fields: [`metadata.annotations[${address}]`],
    },
    {
      name: "the annotation that keeps Gardener's webhook away taken away",
      profile,
      old: { annotations: { [ignore]: "true" }, status },
      service: { status },
      fields: [`metadata.annotations[${ignore}]`],
    },
    {
      name: "another word than true in it",
      profile,
      old: { status },
      service: { annotations: { ...dualstack, [ignore]: "True" }, status },
      fields: [`metadata.annotations[${address}]`],
    },
    {
      name: "dualstack on an NLB that is internal by the controller's default",
      profile,
      old: { spec, status },
      service: { annotations: dualstack, spec, status },
      fields: [`metadata.annotations[${address}]`],
    },
  ],
});
