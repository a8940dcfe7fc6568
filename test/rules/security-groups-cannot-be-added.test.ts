import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { ExistingLoadBalancer } from "../../src/decision/facts.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { securityGroupsCannotBeAdded } from "../../src/rules/security-groups-cannot-be-added.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const disable = (value: string) => ({ "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": value });
const named = { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1" };
const disableField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg]";
const namedField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-security-groups]";

testRule(securityGroupsCannotBeAdded, {
  allow: [
    { name: "a new NLB with named security groups", service: { spec, annotations: named } },
    {
      name: "security groups for an NLB that was made with others",
      old: { spec, status },
      service: { spec, status, annotations: named },
    },
    {
      name: "security groups for a Service that has no NLB yet",
      old: { spec, annotations: disable("true") },
      service: { spec, annotations: named },
    },
    {
      name: "an NLB that goes on without",
      old: { spec, status, annotations: disable("true") },
      service: { spec, status, annotations: { ...disable("t"), ...named } },
    },
    {
      name: "an NLB without, since their feature gate is off",
      profile: { featureGates: { ...defaultProfile.featureGates, NLBSecurityGroup: false } },
      old: { spec, status },
      service: { spec, status, annotations: named },
    },
    {
      name: "a word that does not parse, which another rule judges",
      old: { spec, status, annotations: disable("true") },
      service: { spec, status, annotations: disable("no") },
    },
    {
      name: "a Service that another controller takes over",
      old: { spec, status, annotations: disable("true") },
      service: { status, annotations: named },
    },
  ],
  warn: [
    {
      name: "security groups that are named",
      old: { spec, status, annotations: disable("true") },
      service: { spec, status, annotations: { ...named, ...disable("false") } },
      fields: [namedField],
    },
    {
      name: "security groups by taking the opt-out back",
      old: { spec, status, annotations: disable("true") },
      service: { spec, status, annotations: disable("false") },
      fields: [disableField],
    },
    {
      name: "security groups by deleting the opt-out",
      old: { spec, status, annotations: disable("true") },
      service: { spec, status },
      fields: [disableField],
    },
  ],
});

describe("an NLB that somebody looked at", () => {
  it.each<{ has: boolean | undefined; annotations: Readonly<Record<string, string>>; fields: readonly string[] }>([
    { has: false, annotations: named, fields: [namedField] },
    { has: false, annotations: disable("0"), fields: [disableField] },
    { has: false, annotations: { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "" }, fields: [] },
    { has: false, annotations: {}, fields: [] },
    { has: true, annotations: named, fields: [] },
    { has: undefined, annotations: named, fields: [] },
  ])("has security groups: $has, $annotations", ({ has, annotations, fields }) => {
    const existing: ExistingLoadBalancer = { scheme: "internal", hasSecurityGroups: has };
    const reports = evaluate(service({ spec, annotations }), {
      rules: [securityGroupsCannotBeAdded],
      policy: resolvePolicy(policySet([]), {}),
      facts: {
        namespaceLabels: {},
        profile: defaultProfile,
        install: { scope: "ClusterWide", excludedNamespaces: [] },
        existing,
      },
      missing: [],
    });
    expect(reports.map(({ problem }) => problem.field)).toEqual(fields);
  });
});
