import { expect, it, test } from "vitest";
import { decide } from "../../src/decision/decide.ts";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { dualstackNeedsIpv6Subnets } from "../../src/rules/dualstack-needs-ipv6-subnets.ts";
import { testRule } from "../support/rule-tester.ts";
import { ingress, service } from "../support/subjects.ts";
import { classWithParams, inGroup, member } from "./group-members.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const dualstack = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" };
const ipv4 = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" };
const albDualstack = { "alb.ingress.kubernetes.io/ip-address-type": "dualstack" };
const albClasses = [{ name: "alb", hasParams: false }];
const field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]";
const albField = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";

testRule(dualstackNeedsIpv6Subnets, {
  allow: [
    {
      name: "dualstack where the subnets have IPv6",
      profile: { subnetsHaveIPv6: true },
      service: { annotations: dualstack, spec },
    },
    {
      name: "a new dual-stack NLB, for which some subnets will do",
      profile: { subnetsHaveIPv6: "some" },
      service: { annotations: dualstack, spec },
    },
    {
      name: "a new dual-stack NLB where nobody says whether the subnets have IPv6",
      service: { annotations: dualstack, spec },
    },
    {
      name: "ipv4 on subnets without IPv6",
      profile: { subnetsHaveIPv6: false },
      service: { annotations: ipv4, spec },
    },
    {
      name: "dualstack added to an NLB where the subnets have IPv6",
      profile: { subnetsHaveIPv6: true },
      old: { spec, status },
      service: { annotations: dualstack, spec, status },
    },
    {
      name: "dualstack that stays, where nobody says whether the subnets have IPv6",
      old: { annotations: dualstack, spec, status },
      service: { annotations: dualstack, spec, status },
    },
    {
      name: "dualstack added while no NLB exists",
      old: { spec },
      service: { annotations: dualstack, spec },
    },
    {
      name: "the in-tree controller, which does not read it",
      profile: { subnetsHaveIPv6: false },
      service: { annotations: dualstack },
    },
    {
      name: "an Ingress whose IngressClassParams may say otherwise",
      profile: { subnetsHaveIPv6: false },
      ingress: { annotations: albDualstack },
    },
    {
      name: "an IPv4 Ingress",
      profile: { subnetsHaveIPv6: false, albClasses },
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "ipv4" } },
    },
    {
      name: "an Ingress of another class",
      profile: { subnetsHaveIPv6: false, albClasses },
      ingress: { spec: { ingressClassName: "nginx" }, annotations: albDualstack },
    },
    {
      name: "an Ingress whose group is dual-stack by others",
      profile: { subnetsHaveIPv6: false },
      ingress: inGroup(),
      cluster: [member("team-b/api", { "ip-address-type": "dualstack" })],
    },
    {
      name: "an Ingress that is IPv4 only by its class, whatever it says",
      profile: { subnetsHaveIPv6: false },
      ingress: { annotations: albDualstack, spec: { ingressClassName: "four" } },
      cluster: classWithParams("four", { ipAddressType: "ipv4" }),
    },
  ],
  deny: [
    {
      name: "a dual-stack NLB where the subnets have no IPv6",
      profile: { subnetsHaveIPv6: false },
      service: { annotations: dualstack, spec },
      fields: [field],
    },
    {
      name: "a dual-stack NLB of EKS Auto Mode, which AWS refuses as well",
      profile: { subnetsHaveIPv6: false },
      service: { annotations: dualstack, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } },
      fields: [field],
    },
    {
      name: "dualstack added to an NLB where the subnets have no IPv6",
      profile: { subnetsHaveIPv6: false },
      old: { spec, status },
      service: { annotations: dualstack, spec, status },
      fields: [field],
    },
    {
      name: "an Ingress without public IPv4",
      profile: { subnetsHaveIPv6: false, albClasses },
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" } },
      fields: [albField],
    },
    {
      name: "dualstack added to an Ingress",
      profile: { subnetsHaveIPv6: false, albClasses },
      old: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "ipv4" }, status },
      ingress: { annotations: albDualstack, status },
      fields: [albField],
    },
    {
      name: "a member of an IngressGroup, which must agree with the others",
      profile: { subnetsHaveIPv6: false, albClasses },
      ingress: { annotations: { ...albDualstack, "alb.ingress.kubernetes.io/group.name": "public" } },
      fields: [albField],
    },
    {
      name: "an Ingress of a dual-stack class",
      profile: { subnetsHaveIPv6: false },
      ingress: { spec: { ingressClassName: "six" } },
      cluster: classWithParams("six", { ipAddressType: "dualstack" }),
      fields: ["spec.ingressClassName"],
    },
  ],
  warn: [
    {
      name: "dualstack added to an NLB where nobody says whether the subnets have IPv6",
      old: { spec, status },
      service: { annotations: dualstack, spec, status },
      fields: [field],
    },
    {
      name: "dualstack added to an NLB that may be in those subnets without",
      profile: { subnetsHaveIPv6: "some" },
      old: { annotations: ipv4, spec, status },
      service: { annotations: dualstack, spec, status },
      fields: [field],
    },
    {
      name: "dualstack added to an Ingress where nobody says whether the subnets have IPv6",
      profile: { albClasses },
      old: { status },
      ingress: { annotations: albDualstack, status },
      fields: [albField],
    },
  ],
});

it("is not held against an ALB that is dual-stack already and takes its public IPv4 addresses back", () => {
  const before = {
    annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" },
    status,
  };
  const after = { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack" }, status };
  const decision = decide(
    ingress(after, { old: before }),
    policySet([]),
    {
      namespaceLabels: {},
      profile: { ...defaultProfile, subnetsHaveIPv6: false, albClasses },
      install: { scope: "ClusterWide", excludedNamespaces: [] },
    },
    [dualstackNeedsIpv6Subnets],
  );
  expect(decision.findings.map(({ excused }) => excused)).toEqual(["existing"]);
});

test.each([
  [undefined, false],
  [{ major: 3, minor: 5 }, false],
  [{ major: 3, minor: 4 }, true],
  [{ major: 2, minor: 17 }, true],
])("of controller %j it says whether AWS has to find out: %s", (controllerVersion, isLate) => {
  const subject = service({
    spec: { loadBalancerClass: "service.k8s.aws/nlb" },
    annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
  });
  const profile = { ...defaultProfile, subnetsHaveIPv6: false, controllerVersion };
  const facts = { namespaceLabels: {}, profile, install: { scope: "ClusterWide", excludedNamespaces: [] } } as const;
  const policy = resolvePolicy(policySet([]), {});
  const reports = evaluate(subject, { rules: [dualstackNeedsIpv6Subnets], policy, facts, missing: [] });
  expect(reports.map(({ problem }) => problem.message.includes("is stuck"))).toEqual([isLate]);
});
