import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { Scheme } from "../../src/decision/facts.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { addressCountMatchesSubnets } from "../../src/rules/address-count-matches-subnets.ts";
import { decided, leftOut } from "../support/decisions.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const internetFacing = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" };
const dualstack = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" };
const twoSubnets = { "service.beta.kubernetes.io/aws-load-balancer-subnets": "subnet-1, subnet-2" };
const eips = (list: string) => ({ "service.beta.kubernetes.io/aws-load-balancer-eip-allocations": list });
const ipv4s = (list: string) => ({ "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": list });
const ipv6s = (list: string) => ({ "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses": list });
const prefixes = (list: string) => ({ "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": list });
const prefixOn = { "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on" };
const eipField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-eip-allocations]";
const ipv4Field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]";
const ipv6Field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]";
const prefixField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]";
const albField = "metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-eip-allocations]";
/** A public NLB with two addresses, in front of an ALB. */
const inFront = {
  "enable-frontend-nlb": "true",
  "frontend-nlb-scheme": "internet-facing",
  "frontend-nlb-eip-allocations": "eipalloc-1,eipalloc-2",
};
const ingressStatus = { loadBalancer: { ingress: [{ hostname: "web-1.eu-west-1.elb.amazonaws.com" }] } };
const gold = { ingressClassName: "gold" };

testRule(addressCountMatchesSubnets, {
  allow: [
    {
      name: "as many Elastic IP addresses as subnets, with blanks and a comma at the end",
      service: { spec, annotations: { ...internetFacing, ...twoSubnets, ...eips(" eipalloc-1 , eipalloc-2,") } },
    },
    {
      name: "as many as the controller finds, whatever the items are",
      profile: { discoveredSubnets: 3 },
      service: { spec, annotations: ipv4s("10.0.1.9,10.0.1.9,here") },
    },
    {
      name: "as many as named, where the controller would find more",
      profile: { discoveredSubnets: 3 },
      service: { spec, annotations: { ...twoSubnets, ...ipv4s("10.0.1.9,10.0.2.9") } },
    },
    { name: "no word on how many it finds", service: { spec, annotations: ipv4s("10.0.1.9") } },
    {
      name: "subnets without items, of which the controller finds none",
      profile: { discoveredSubnets: 3 },
      service: {
        spec,
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-subnets": " ", ...ipv4s("10.0.1.9") },
      },
    },
    {
      name: "lists that another scheme or address type makes a fault of another kind",
      service: { spec, annotations: { ...twoSubnets, ...eips("eipalloc-1"), ...ipv6s("2001:db8::9"), ...prefixOn } },
    },
    {
      name: "private addresses of a public NLB",
      service: { spec, annotations: { ...internetFacing, ...twoSubnets, ...ipv4s("10.0.1.9") } },
    },
    {
      name: "source-NAT prefixes that are not switched on",
      service: { spec, annotations: { ...dualstack, ...twoSubnets, ...prefixes("auto_assigned") } },
    },
    {
      name: "a dual-stack NLB for which some of three subnets will do",
      profile: { discoveredSubnets: 3, subnetsHaveIPv6: "some" },
      service: { spec, annotations: { ...dualstack, ...ipv6s("2001:db8:1::9,2001:db8:2::9") } },
    },
    {
      name: "a dual-stack NLB where nobody says how many of the subnets have IPv6",
      profile: { discoveredSubnets: 3 },
      service: { spec, annotations: { ...dualstack, ...ipv4s("10.0.1.9,10.0.2.9,10.0.3.9") } },
    },
    {
      name: "a dual-stack NLB that is in all the subnets, although some have no IPv6 by now",
      profile: { discoveredSubnets: 2, subnetsHaveIPv6: "some" },
      old: { spec, status },
      service: { spec, status, annotations: { ...dualstack, ...ipv4s("10.0.1.9,10.0.2.9") } },
    },
    {
      name: "the in-tree controller",
      service: { annotations: { ...internetFacing, ...twoSubnets, ...eips("eipalloc-1") } },
    },
    {
      name: "as many as the subnets of the NLB in front of an ALB, whose own are others",
      ingress: {
        annotations: keyed({ ...inFront, subnets: "subnet-1", "frontend-nlb-subnets": "subnet-1,subnet-2" }),
      },
    },
    {
      name: "as many as the subnets of the ALB, those of its class",
      ingress: { annotations: keyed({ ...inFront, subnets: "subnet-1" }), spec: gold },
      cluster: classWithParams("gold", { subnets: { ids: ["subnet-1", "subnet-2"] } }),
    },
    {
      name: "subnets that the class has chosen by tags",
      ingress: { annotations: keyed({ ...inFront, subnets: "subnet-1" }), spec: gold },
      cluster: classWithParams("gold", { subnets: { tags: { tier: ["a"] } } }),
    },
    {
      name: "as many as another member names subnets",
      ingress: inGroup(inFront),
      cluster: [member("team-b/api", { subnets: "subnet-1,subnet-2" })],
      profile: { discoveredSubnets: 3 },
    },
    {
      name: "no addresses for the NLB in front",
      ingress: { annotations: keyed({ ...inFront, "frontend-nlb-eip-allocations": ",", subnets: "subnet-1" }) },
    },
    {
      name: "an internal NLB in front, which another rule judges",
      ingress: { annotations: keyed({ ...inFront, "frontend-nlb-scheme": "internal", subnets: "subnet-1" }) },
    },
    {
      name: "no NLB in front",
      ingress: { annotations: keyed({ ...inFront, "enable-frontend-nlb": "false", subnets: "subnet-1" }) },
    },
    { name: "no word on how many subnets an ALB finds", ingress: { annotations: keyed(inFront) } },
  ],
  deny: [
    {
      name: "fewer Elastic IP addresses than subnets",
      service: { spec, annotations: { ...internetFacing, ...twoSubnets, ...eips("eipalloc-1") } },
      fields: [eipField],
    },
    {
      name: "more private addresses than subnets",
      service: { spec, annotations: { ...twoSubnets, ...ipv4s("10.0.1.9,10.0.2.9,10.0.3.9") } },
      fields: [ipv4Field],
    },
    {
      name: "IPv6 addresses and prefixes, each for itself",
      service: {
        spec,
        annotations: {
          ...dualstack,
          ...twoSubnets,
          ...ipv6s("2001:db8:1::9"),
          ...prefixOn,
          ...prefixes("auto_assigned,auto_assigned,auto_assigned"),
        },
      },
      fields: [ipv6Field, prefixField],
    },
    {
      name: "fewer than the controller finds",
      profile: { discoveredSubnets: 3 },
      service: { spec, annotations: ipv4s("10.0.1.9,10.0.2.9") },
      fields: [ipv4Field],
    },
    {
      name: "fewer than the controller finds, all with IPv6",
      profile: { discoveredSubnets: 3, subnetsHaveIPv6: true },
      service: { spec, annotations: { ...dualstack, ...ipv4s("10.0.1.9,10.0.2.9") } },
      fields: [ipv4Field],
    },
    {
      name: "more than the controller finds, whichever of them have IPv6",
      profile: { discoveredSubnets: 1 },
      service: { spec, annotations: { ...dualstack, ...ipv4s("10.0.1.9,10.0.2.9") } },
      fields: [ipv4Field],
    },
    {
      name: "no items, whatever the number of subnets",
      service: { spec, annotations: ipv4s(" , ") },
      fields: [ipv4Field],
    },
    {
      name: "an update to another scheme, which makes a new NLB in the subnets that are found",
      profile: { discoveredSubnets: 3 },
      old: { spec, status },
      service: { spec, status, annotations: { ...internetFacing, ...eips("eipalloc-1") } },
      fields: [eipField],
    },
    {
      name: "an update of a Service that has no NLB yet",
      profile: { discoveredSubnets: 3 },
      old: { spec },
      service: { spec, annotations: ipv4s("10.0.1.9") },
      fields: [ipv4Field],
    },
    {
      name: "an update of an NLB to a wrong number for the subnets that are named",
      old: { spec, status },
      service: { spec, status, annotations: { ...twoSubnets, ...ipv4s("10.0.1.9") } },
      fields: [ipv4Field],
    },
    {
      name: "more than the subnets of the NLB in front",
      ingress: {
        annotations: keyed({ ...inFront, subnets: "subnet-1,subnet-2", "frontend-nlb-subnets": "subnet-1" }),
      },
      fields: [albField],
    },
    {
      name: "more than the subnets of the ALB",
      ingress: { annotations: keyed({ ...inFront, subnets: "subnet-1" }) },
      fields: [albField],
    },
    {
      name: "fewer than the subnets of the class",
      ingress: { annotations: keyed(inFront), spec: gold },
      cluster: classWithParams("gold", { subnets: { ids: ["subnet-1", "subnet-2", "subnet-3"] } }),
      fields: [albField],
    },
    {
      name: "fewer than the controller finds for a new ALB",
      ingress: { annotations: keyed(inFront) },
      cluster: [],
      profile: { discoveredSubnets: 3 },
      fields: [albField],
    },
  ],
  warn: [
    {
      name: "an NLB that may be in other subnets than would be found today",
      profile: { discoveredSubnets: 3 },
      old: { spec, status, annotations: twoSubnets },
      service: { spec, status, annotations: ipv4s("10.0.1.9,10.0.2.9") },
      fields: [ipv4Field],
    },
    {
      name: "as many as the controller finds, of which a dual-stack NLB gets some only",
      profile: { discoveredSubnets: 2, subnetsHaveIPv6: "some" },
      service: { spec, annotations: { ...dualstack, ...ipv4s("10.0.1.9,10.0.2.9") } },
      fields: [ipv4Field],
    },
    {
      name: "EKS Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { ...twoSubnets, ...ipv4s("10.0.1.9") },
      },
      fields: [ipv4Field],
    },
    {
      name: "an ALB that may be in other subnets than would be found today",
      ingress: { annotations: keyed(inFront), status: ingressStatus },
      old: { status: ingressStatus },
      cluster: [],
      profile: { discoveredSubnets: 3 },
      fields: [albField],
    },
    {
      name: "a dual-stack ALB, of whose subnets some may have no IPv6",
      ingress: { annotations: keyed({ ...inFront, "ip-address-type": "dualstack" }) },
      cluster: [],
      profile: { discoveredSubnets: 3 },
      fields: [albField],
    },
    {
      name: "a group of which nobody knows all members",
      ingress: inGroup({ ...inFront, subnets: "subnet-1" }),
      cluster: [],
      unsure: ["Ingress"],
      fields: [albField],
    },
  ],
});

describe("an NLB that somebody looked at", () => {
  it.each<{ scheme: Scheme | undefined; list: string; severities: readonly string[] }>([
    { scheme: "internal", list: "10.0.1.9,10.0.2.9,10.0.3.9", severities: [] },
    { scheme: "internal", list: "10.0.1.9", severities: ["warn"] },
    { scheme: "internal", list: "", severities: ["deny"] },
    { scheme: undefined, list: "10.0.1.9", severities: ["warn"] },
    { scheme: "internet-facing", list: "10.0.1.9", severities: ["deny"] },
  ])("stays in its subnets while the scheme is the same: $scheme, $list", ({ scheme, list, severities }) => {
    const internal = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" };
    const reports = evaluate(service({ spec, annotations: { ...internal, ...ipv4s(list) } }), {
      rules: [addressCountMatchesSubnets],
      policy: resolvePolicy(policySet([]), {}),
      facts: {
        namespaceLabels: {},
        profile: { ...defaultProfile, discoveredSubnets: 3 },
        install: { scope: "ClusterWide", excludedNamespaces: [] },
        existing: { scheme, hasSecurityGroups: true },
      },
      missing: [],
    });
    expect(reports.map(({ problem }) => problem.severity ?? "deny")).toEqual(severities);
  });
});

it("keeps dualstack away where an NLB would lose some of the subnets that are counted", () => {
  const policy = { service: { ipAddressType: { default: "dualstack" } } };
  const subject = service({ spec, annotations: ipv4s("10.0.1.9,10.0.2.9") }, { phase: "mutating" });
  const decision = decided(subject, { policy, profile: { discoveredSubnets: 2, subnetsHaveIPv6: "some" } });
  expect(leftOut(decision)).toEqual({ "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "rule" });
});
