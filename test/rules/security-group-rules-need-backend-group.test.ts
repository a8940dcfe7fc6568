import { expect, it } from "vitest";
import { decide } from "../../src/decision/decide.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { securityGroupRulesNeedBackendGroup } from "../../src/rules/security-group-rules-need-backend-group.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const named = { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1" };
const manage = (value: string) => ({
  "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules": value,
});
const without = { backendSecurityGroup: false };
const manageField =
  "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules]";
const namedField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-security-groups]";

testRule(securityGroupRulesNeedBackendGroup, {
  allow: [
    { name: "a controller with a backend group", service: { spec, annotations: { ...named, ...manage("true") } } },
    { name: "rules that nobody asks for", profile: without, service: { spec, annotations: named } },
    {
      name: "rules that the flag asks for and the annotation does not",
      profile: { ...without, manageBackendSecurityGroupRules: true },
      service: { spec, annotations: { ...named, ...manage("false") } },
    },
    {
      name: "a security group that the controller makes",
      profile: without,
      service: {
        spec,
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "", ...manage("true") },
      },
    },
    {
      name: "an NLB without security groups",
      profile: without,
      service: {
        spec,
        annotations: {
          ...named,
          ...manage("true"),
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "true",
        },
      },
    },
    {
      name: "a word that does not parse, which another rule judges",
      profile: { ...without, manageBackendSecurityGroupRules: true },
      service: { spec, annotations: { ...named, ...manage("yes") } },
    },
    {
      name: "EKS Auto Mode, which does not have these flags",
      profile: without,
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: { ...named, ...manage("true") } },
    },
  ],
  deny: [
    {
      name: "rules that the annotation asks for",
      profile: without,
      service: { spec, annotations: { ...named, ...manage("true") } },
      fields: [manageField],
    },
    {
      name: "rules that the flag asks for",
      profile: { ...without, manageBackendSecurityGroupRules: true },
      service: { spec, annotations: named },
      fields: [namedField],
    },
  ],
});

it("is the same fault when the annotation asks for what the flag asks for already", () => {
  const profile = { ...defaultProfile, ...without, manageBackendSecurityGroupRules: true };
  const { findings } = decide(
    service({ spec, annotations: { ...named, ...manage("true") } }, { old: { spec, annotations: named } }),
    policySet([]),
    { namespaceLabels: {}, profile, install: { scope: "ClusterWide", excludedNamespaces: [] } },
    [securityGroupRulesNeedBackendGroup],
  );
  expect(findings.map(({ excused }) => excused)).toEqual(["existing"]);
});
