import { gardenerOverridesInternal } from "../../src/rules/gardener-overrides-internal.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const internal = "service.beta.kubernetes.io/aws-load-balancer-internal";
const scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const old = { [internal]: "0.0.0.0/0" };
/** What Gardener's webhook makes of it. */
const rewritten = {
  ...old,
  [scheme]: "internet-facing",
  "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
};
const profile = { platform: "gardener", ipFamily: "dualstack" } as const;
const fields = [`metadata.annotations[${internal}]`] as const;

testRule(gardenerOverridesInternal, {
  allow: [
    { name: "the word that Gardener reads", profile, service: { annotations: { [internal]: "true" } } },
    { name: "scheme beside it", profile, service: { annotations: { ...old, [scheme]: "internal" } } },
    {
      name: "Gardener's webhook kept away",
      profile,
      service: { annotations: { ...old, "extensions.gardener.cloud/ignore-load-balancer": "true" } },
    },
    { name: "not internal", profile, service: { annotations: { [internal]: "false" } } },
    {
      name: "an empty word, which the in-tree controller takes for none",
      profile,
      service: { annotations: { [internal]: "" } },
    },
    {
      name: "a word that the controller in charge takes for no",
      profile,
      service: { annotations: { [internal]: "0" }, spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
    },
    { name: "another platform", service: { annotations: old } },
    {
      name: "an empty word after Gardener's webhook",
      profile,
      service: { annotations: { ...rewritten, [internal]: "" } },
    },
    {
      name: "a cluster without IPv6, where Gardener's webhook does nothing",
      profile: { ...profile, ipFamily: "ipv4" },
      service: { annotations: old },
    },
    {
      name: "a load balancer that exists, which Gardener leaves alone",
      profile,
      old: { annotations: old, status },
      service: { annotations: old, status },
    },
  ],
  deny: [
    {
      name: "the old value, which is internal to the in-tree controller",
      profile,
      service: { annotations: old },
      fields,
    },
    {
      name: "the same after Gardener's webhook, on a cluster of which the families are not known",
      profile: { platform: "gardener" },
      service: { annotations: rewritten },
      fields,
    },
    {
      name: "a Service that becomes a load balancer again, dual-stack, while the clean-up of the last one goes on",
      profile,
      old: { finalizers: ["service.k8s.aws/resources"], spec: { type: "ClusterIP" } },
      service: {
        annotations: { ...old, "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
        finalizers: ["service.k8s.aws/resources"],
      },
      fields,
    },
    {
      name: "a yes of the AWS Load Balancer Controller that Gardener does not read",
      profile,
      service: { annotations: { [internal]: "1" }, spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      fields,
    },
  ],
  warn: [
    {
      name: "a cluster of which the families are not known",
      profile: { platform: "gardener" },
      service: { annotations: old },
      fields,
    },
  ],
});
