import { expect, it } from "vitest";
import { dualstackWithOwnSecurityGroups } from "../../src/rules/dualstack-with-own-security-groups.ts";
import { decided, injected, leftOut } from "../support/decisions.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const dualstack = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" };
const named = { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1" };
const field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-security-groups]";

const albGroups = "metadata.annotations[alb.ingress.kubernetes.io/security-groups]";
const albType = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const ofOthers = [member("team-b/api", { "security-groups": "sg-1" })];

testRule(dualstackWithOwnSecurityGroups, {
  allow: [
    { name: "an IPv4 NLB", service: { spec, annotations: named } },
    { name: "a security group that the controller makes", service: { spec, annotations: dualstack } },
    {
      name: "a list of security groups without items",
      service: {
        spec,
        annotations: { ...dualstack, "service.beta.kubernetes.io/aws-load-balancer-security-groups": "," },
      },
    },
    {
      name: "no security groups at all",
      service: {
        spec,
        annotations: {
          ...dualstack,
          ...named,
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "true",
        },
      },
    },
    { name: "the in-tree controller, which builds IPv4 only", service: { annotations: { ...dualstack, ...named } } },
    { name: "an IPv4 ALB", ingress: { annotations: keyed({ "security-groups": "sg-1" }) }, cluster: [] },
    {
      name: "an ALB with a security group that the controller makes",
      ingress: { annotations: keyed({ "ip-address-type": "dualstack", "security-groups": "" }) },
      cluster: [],
    },
    {
      name: "an Ingress that says nothing of either in its group",
      ingress: inGroup(),
      cluster: [member("team-b/api", { "security-groups": "sg-1", "ip-address-type": "dualstack" })],
    },
  ],
  warn: [
    { name: "named security groups", service: { spec, annotations: { ...dualstack, ...named } }, fields: [field] },
    {
      name: "EKS Auto Mode",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: { ...dualstack, ...named } },
      fields: [field],
    },
    {
      name: "named security groups of an ALB",
      ingress: { annotations: keyed({ "ip-address-type": "dualstack", "security-groups": "sg-1" }) },
      cluster: [],
      fields: [albGroups],
    },
    {
      name: "a dual-stack class with named security groups",
      ingress: { annotations: keyed({ "security-groups": "sg-1" }), spec: { ingressClassName: "six" } },
      cluster: classWithParams("six", { ipAddressType: "dualstack" }),
      fields: [albGroups],
    },
    {
      name: "an address type for a group with named security groups",
      ingress: inGroup({ "ip-address-type": "dualstack" }),
      cluster: ofOthers,
      fields: [albType],
    },
  ],
});

it("warns of a dualstack that the policy adds, and does not keep it away", () => {
  const policy = { service: { ipAddressType: { default: "dualstack" } } };
  const decision = decided(service({ spec, annotations: named }, { phase: "mutating" }), { policy });
  expect(injected(decision)).toEqual(dualstack);
  expect(leftOut(decision)).toEqual({});
  expect(decision.findings.map(({ rule }) => rule)).toContain("dualstack-with-own-security-groups");
});
