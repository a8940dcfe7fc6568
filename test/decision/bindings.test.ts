import { describe, expect, it } from "vitest";
import { decide, denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { Install } from "../../src/decision/facts.ts";
import type { BindingSubject } from "../../src/decision/subject.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { policy } from "../policy/policies.ts";
import { publicDualStack } from "../support/decisions.ts";
import { knownCluster } from "../support/known-cluster.ts";
import { binding, rawService } from "../support/subjects.ts";
import type { BindingParts } from "../support/subjects.ts";

/** TargetGroupBindings as subjects: what becomes of them beside what single rules say. */

const ipv6 = { spec: { ipAddressType: "ipv6" } };
const cluster = knownCluster([rawService({ spec: { type: "ClusterIP", ipFamilies: ["IPv4"] } })]);

interface Surroundings {
  readonly install?: Partial<Install>;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly policy?: Readonly<Record<string, unknown>>;
}

function decided(subject: BindingSubject, surroundings: Surroundings = {}): Decision {
  const { install, namespaceLabels = {}, policy: spec } = surroundings;
  const policies = spec === undefined ? [] : [policy("test", { namespaceSelector: {}, ...spec })];
  return decide(subject, policySet(policies), {
    namespaceLabels,
    profile: defaultProfile,
    install: { scope: "ClusterWide", excludedNamespaces: [], ...install },
    cluster,
  });
}

function refusals(subject: BindingSubject, surroundings?: Surroundings): readonly string[] {
  return denials(decided(subject, surroundings)).map(({ rule }) => rule);
}

describe("a TargetGroupBinding", () => {
  it("is judged by the rules about bindings, and nothing is ever injected", () => {
    expect(decided(binding(ipv6), { policy: publicDualStack })).toMatchObject({
      untouched: undefined,
      controller: "aws-load-balancer-controller",
      injections: [],
      leftOut: [],
      provenance: { action: "keep" },
      findings: [{ rule: "binding-family-mismatch", severity: "deny", excused: undefined }],
    });
  });

  it("of EKS Auto Mode is that controller's", () => {
    expect(decided(binding({ apiVersion: "eks.amazonaws.com/v1" })).controller).toBe("eks-auto-mode");
  });

  it("that fits is admitted without a word", () => {
    expect(decided(binding({}))).toMatchObject({ untouched: undefined, findings: [] });
  });

  it.each<[string, BindingParts]>([
    ["an Ingress", { labels: { "ingress.k8s.aws/stack-namespace": "shop", "ingress.k8s.aws/stack-name": "web" } }],
    ["an IngressGroup", { labels: { "ingress.k8s.aws/stack": "public" } }],
    ["a Service", { labels: { "service.k8s.aws/stack-namespace": "shop", "service.k8s.aws/stack-name": "web" } }],
  ])("that a controller made for %s is not looked at", (_owner, parts) => {
    expect(decided(binding({ ...ipv6, ...parts }))).toMatchObject({ untouched: "not-ours", findings: [] });
  });

  it("is judged where a label only looks like that of a stack", () => {
    expect(refusals(binding({ ...ipv6, labels: { "ingress.k8s.aws/stack-name": "web" } }))).toHaveLength(1);
  });

  it("that is being deleted is not looked at", () => {
    const subject = binding(ipv6, ipv6);
    const dying = { ...subject, old: subject.old && { ...subject.old, terminating: true } };
    expect(decided(dying)).toMatchObject({ untouched: "terminating", findings: [] });
  });

  it.each<[string, Surroundings]>([
    ["opted out", { namespaceLabels: { "dualstack.dev/inject": "disabled" } }],
    ["excluded", { install: { excludedNamespaces: ["shop"] } }],
    ["not opted in", { install: { scope: "OptIn" } }],
  ])("in a namespace that is %s is not looked at", (_why, surroundings) => {
    expect(decided(binding(ipv6), surroundings)).toMatchObject({ untouched: "out-of-scope", findings: [] });
  });

  it("under a policy of mode Off is not looked at, of mode Warn is warned about", () => {
    expect(decided(binding(ipv6), { policy: { mode: "Off" } })).toMatchObject({ untouched: "policy-off" });
    const shadow = decided(binding(ipv6), { policy: { mode: "Warn" } });
    expect(shadow.findings).toMatchObject([{ rule: "binding-family-mismatch", severity: "deny", excused: "shadow" }]);
  });

  it("is judged as the policy has it of a rule", () => {
    const rules = (severity: string) => ({ policy: { rules: { "binding-family-mismatch": severity } } });
    expect(decided(binding(ipv6), rules("Off")).findings).toEqual([]);
    expect(decided(binding(ipv6), rules("Warn")).findings).toMatchObject([{ severity: "warn" }]);
  });

  it("may keep the fault that the stored one has, but gets no new one", () => {
    const next = { spec: { ...ipv6.spec, networking: { ingress: [] } } };
    expect(decided(binding(next, ipv6)).findings).toMatchObject([{ excused: "existing" }]);
    expect(refusals(binding({ spec: { ...ipv6.spec, serviceRef: { name: "web", port: 81 } } }, ipv6))).toEqual([
      "binding-port-missing",
    ]);
  });
});
