import { expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { decided, injected, publicService } from "../support/decisions.ts";
import { service } from "../support/subjects.ts";

/** Node targets cannot have IPv6 here, so the policy's value is left out wherever the Service may have it. */
const policy = { service: { ...publicService, targetType: { default: "instance" } } };
const nodes = { nodesHavePrimaryIPv6: false, defaultTargetType: "ip" } as const;
const ipv4First = { policy, profile: { ...nodes, detectedFamilies: ["IPv4"] } } as const;
const instance = { [nlb.targetType]: "instance" };

it("a new Service gets the cluster's first family", () => {
  const subject = service({}, { phase: "mutating" });
  expect(injected(decided(subject, ipv4First))).toMatchObject(instance);
});

it("a Service that becomes a LoadBalancer keeps the family that it has", () => {
  const old = { spec: { type: "ClusterIP", ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv6"] } };
  const subject = service({}, { old, phase: "mutating" });
  expect(injected(decided(subject, ipv4First))).not.toHaveProperty([nlb.targetType]);
});

it("a Service that asks for an address has the address's family", () => {
  const subject = service({ spec: { clusterIP: "fd00::7" } }, { phase: "mutating" });
  expect(injected(decided(subject, ipv4First))).not.toHaveProperty([nlb.targetType]);
});

it("what the mutating webhook left out before it knew the family is not missing afterwards", () => {
  const before = { ...ipv4First, profile: nodes };
  expect(injected(decided(service({}, { phase: "mutating" }), before))).not.toHaveProperty([nlb.targetType]);

  const annotations = { [nlb.scheme]: "internet-facing", [nlb.ipAddressType]: "dualstack" };
  const spec = { loadBalancerClass: "service.k8s.aws/nlb", ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"] };
  const { findings } = decided(service({ annotations, spec }), ipv4First);
  expect(findings.map(({ rule }) => rule)).not.toContain("policy-not-applied");

  const told = { policy, profile: { ...nodes, ipFamily: "ipv4" } } as const;
  const missed = decided(service({ annotations, spec }), told).findings;
  expect(missed.map(({ rule }) => rule)).toContain("policy-not-applied");
});
