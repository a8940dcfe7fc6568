import { describe, expect, it } from "vitest";
import { decide } from "../../src/decision/decide.ts";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { ClusterProfile, Facts } from "../../src/decision/facts.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { securityGroupsCannotBeRemoved } from "../../src/rules/security-groups-cannot-be-removed.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const disable = (value: string) => ({ "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": value });
const named = { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1" };
const field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg]";
const gateOff = { featureGates: { ...defaultProfile.featureGates, NLBSecurityGroup: false } };

testRule(securityGroupsCannotBeRemoved, {
  allow: [
    { name: "a new NLB without security groups", service: { spec, annotations: disable("true") } },
    {
      name: "a Service that has no NLB yet",
      old: { spec },
      service: { spec, annotations: disable("true") },
    },
    {
      name: "an NLB that was made without",
      old: { spec, status, annotations: disable("1") },
      service: { spec, status, annotations: disable("true") },
    },
    {
      name: "an NLB that keeps its security groups",
      old: { spec, status },
      service: { spec, status, annotations: disable("false") },
    },
    {
      name: "an NLB whose security groups become others",
      old: { spec, status },
      service: { spec, status, annotations: named },
    },
    {
      name: "an NLB of which nobody knows, since what is stored does not parse",
      old: { spec, status, annotations: disable("yes") },
      service: { spec, status, annotations: disable("true") },
    },
    {
      name: "a load balancer of another controller before",
      old: { status },
      service: {
        status,
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          ...disable("true"),
        },
      },
    },
    {
      name: "EKS Auto Mode, which does not read it",
      old: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status, annotations: disable("true") },
    },
  ],
  deny: [
    {
      name: "an NLB with a security group that the controller made",
      old: { spec, status },
      service: { spec, status, annotations: disable("true") },
      fields: [field],
    },
    {
      name: "an NLB with named security groups, which stay named",
      old: { spec, status, annotations: named },
      service: { spec, status, annotations: { ...named, ...disable("T") } },
      fields: [field],
    },
  ],
});

describe("an NLB that somebody looked at", () => {
  const facts = (has: boolean | undefined, profile: Partial<ClusterProfile> = {}): Facts => ({
    namespaceLabels: {},
    profile: { ...defaultProfile, ...profile },
    install: { scope: "ClusterWide", excludedNamespaces: [] },
    existing: { scheme: "internal", hasSecurityGroups: has },
  });

  it.each<{
    has: boolean | undefined;
    annotations: Readonly<Record<string, string>>;
    profile?: typeof gateOff;
    blamed?: "annotation" | "gate";
  }>([
    { has: true, annotations: disable("true"), blamed: "annotation" },
    { has: true, annotations: disable("true"), profile: gateOff, blamed: "annotation" },
    { has: true, annotations: disable("false"), profile: gateOff, blamed: "gate" },
    { has: true, annotations: {}, profile: gateOff, blamed: "gate" },
    { has: true, annotations: {} },
    { has: false, annotations: disable("true") },
    { has: false, annotations: {}, profile: gateOff },
    { has: undefined, annotations: disable("true") },
  ])("has security groups: $has, $annotations, $profile: $blamed", ({ has, annotations, profile, blamed }) => {
    const reports = evaluate(service({ spec, annotations }), {
      rules: [securityGroupsCannotBeRemoved],
      policy: resolvePolicy(policySet([]), {}),
      facts: facts(has, profile),
      missing: [],
    });
    // Only of the gate is there nothing that the author could delete.
    const found = reports.map(({ problem }) => [problem.field, problem.remedy === undefined ? "annotation" : "gate"]);
    expect(found).toEqual(blamed === undefined ? [] : [[field, blamed]]);
  });

  it.each<{ before: Readonly<Record<string, string>>; profile?: typeof gateOff }>([
    { before: disable("true") },
    { before: {}, profile: gateOff },
  ])("has the same fault when it is put in another way: $before, $profile", ({ before, profile }) => {
    const subject = service({ spec, annotations: disable("1") }, { old: { spec, annotations: before } });
    const { findings } = decide(subject, policySet([]), facts(true, profile), [securityGroupsCannotBeRemoved]);
    expect(findings.map(({ excused }) => excused)).toEqual(["existing"]);
  });
});
