import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { denials } from "../../src/decision/decide.ts";
import { decided, injected, publicDualStack } from "../support/decisions.ts";
import type { Surroundings } from "../support/decisions.ts";
import { service } from "../support/subjects.ts";

const faulty = { annotations: { [nlb.scheme]: "public" }, spec: { loadBalancerClass: "service.k8s.aws/nlb" } };

function validated(surroundings: Surroundings) {
  return decided(service(faulty), surroundings);
}

function rulesOf(surroundings: Surroundings): readonly string[] {
  return denials(validated(surroundings)).map(({ rule }) => rule);
}

describe("which namespaces an installation reaches", () => {
  it.each<[string, Surroundings]>([
    ["cluster-wide", { install: { scope: "ClusterWide" } }],
    ["cluster-wide, opted in without need", { namespaceLabels: { "dualstack.dev/inject": "enabled" } }],
    ["cluster-wide, with a label that says nothing known", { namespaceLabels: { "dualstack.dev/inject": "yes" } }],
    ["opt-in and enabled", { install: { scope: "OptIn" }, namespaceLabels: { "dualstack.dev/inject": "enabled" } }],
  ])("%s: judged", (_name, surroundings) => {
    expect(rulesOf(surroundings)).toEqual(["invalid-enumeration"]);
  });

  it.each<[string, Surroundings]>([
    ["cluster-wide, opted out", { namespaceLabels: { "dualstack.dev/inject": "disabled" } }],
    ["excluded by name", { install: { excludedNamespaces: ["shop"] } }],
    ["opt-in without the label", { install: { scope: "OptIn" } }],
    [
      "opt-in with a policy label alone",
      { install: { scope: "OptIn" }, namespaceLabels: { "dualstack.dev/policy": "test" } },
    ],
  ])("%s: not looked at", (_name, surroundings) => {
    expect(validated({ ...surroundings, policy: publicDualStack })).toMatchObject({
      untouched: "out-of-scope",
      injections: [],
      findings: [],
    });
  });
});

describe("which policy", () => {
  it("none in force: rules keep their severity and nothing is injected", () => {
    expect(rulesOf({})).toEqual(["invalid-enumeration"]);
    expect(injected(decided(service({}, { phase: "mutating" }), {}))).toEqual({});
  });

  it("mode Off: neither injection nor finding", () => {
    expect(validated({ policy: { ...publicDualStack, mode: "Off" } })).toMatchObject({
      untouched: "policy-off",
      findings: [],
    });
  });

  it("mode Warn: what would be refused is a warning", () => {
    const decision = validated({ policy: { mode: "Warn" } });
    expect(denials(decision)).toEqual([]);
    expect(decision.findings).toMatchObject([{ rule: "invalid-enumeration", severity: "deny", excused: "shadow" }]);
  });

  it.each([
    ["Off", []],
    ["Warn", [{ rule: "invalid-enumeration", severity: "warn" }]],
    ["Deny", [{ rule: "invalid-enumeration", severity: "deny" }]],
  ])("rules: a rule set to %s", (severity, findings) => {
    expect(validated({ policy: { rules: { "invalid-enumeration": severity } } }).findings).toMatchObject(findings);
  });
});

describe("what is never touched", () => {
  it("an object that is being deleted, as the stored one says", () => {
    const subject = service({}, { phase: "mutating", old: {} });
    const dying = { ...subject, old: subject.old && { ...subject.old, terminating: true } };
    expect(decided(dying)).toMatchObject({ untouched: "terminating", injections: [] });
  });

  it("a Service that was and is of another type", () => {
    const clusterIP = { spec: { type: "ClusterIP" } };
    expect(decided(service(clusterIP, { old: clusterIP }))).toMatchObject({ untouched: "not-ours" });
  });
});
