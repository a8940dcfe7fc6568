import { expect, it } from "vitest";
import { decide } from "../../src/decision/decide.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { securityGroupRulesNeedBackendGroup } from "../../src/rules/security-group-rules-need-backend-group.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";
import { autoModeClass } from "./backend-services.ts";
import { inGroup, keyed, member } from "./group-members.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const named = { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1" };
const manage = (value: string) => ({
  "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules": value,
});
const without = { backendSecurityGroup: false };
const manageField =
  "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules]";
const namedField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-security-groups]";
const albKey = (suffix: string): string => `metadata.annotations[alb.ingress.kubernetes.io/${suffix}]`;
const group = { "security-groups": "sg-1" };
const managed = { "manage-backend-security-group-rules": "true" };
const unmanaged = { "manage-backend-security-group-rules": "false" };

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
    { name: "an Ingress, and a backend group", ingress: { annotations: keyed({ ...group, ...managed }) } },
    { name: "rules for an Ingress that nobody asks for", profile: without, ingress: { annotations: keyed(group) } },
    {
      name: "an ALB whose security group the controller makes",
      profile: without,
      ingress: { annotations: keyed(managed) },
    },
    {
      name: "an ALB whose rules the flag asks for and the annotation does not",
      profile: { ...without, manageBackendSecurityGroupRules: true },
      ingress: { annotations: keyed({ ...group, ...unmanaged }) },
    },
    {
      name: "an ALB whose rules the flag asks for and another member does not",
      profile: { ...without, manageBackendSecurityGroupRules: true },
      ingress: inGroup(group),
      cluster: [member("team-b/api", unmanaged)],
    },
    {
      name: "members that contradict each other, which another rule reports",
      profile: without,
      ingress: inGroup({ ...group, ...managed }),
      cluster: [member("team-b/api", unmanaged)],
    },
    {
      name: "an ALB of Auto Mode, which does not have these flags",
      profile: without,
      ingress: { annotations: keyed({ ...group, ...managed }), spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass],
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
    {
      name: "rules for an ALB that the annotation asks for",
      profile: without,
      ingress: { annotations: keyed({ ...group, ...managed }) },
      fields: [albKey("manage-backend-security-group-rules")],
    },
    {
      name: "rules for an ALB that the flag asks for",
      profile: { ...without, manageBackendSecurityGroupRules: true },
      ingress: { annotations: keyed(group) },
      fields: [albKey("security-groups")],
    },
    {
      name: "rules for the groups that another member names",
      profile: without,
      ingress: inGroup(managed),
      cluster: [member("team-b/api", group)],
      fields: [albKey("manage-backend-security-group-rules")],
    },
    {
      name: "rules that another member asks for",
      profile: without,
      ingress: inGroup(group),
      cluster: [member("team-b/api", managed)],
      fields: [albKey("security-groups")],
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
