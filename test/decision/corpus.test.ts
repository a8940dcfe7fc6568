import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { serviceController } from "../../src/decision/controller.ts";
import { decide, denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { serviceInForce } from "../../src/decision/in-force.ts";
import { serviceView } from "../../src/decision/subject.ts";
import type { IngressSubject, IngressView, Phase, ServiceSubject } from "../../src/decision/subject.ts";
import { applyPatch, patchOf } from "../../src/kubernetes/patch.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import type { PolicySet } from "../../src/policy/resolve.ts";
import { rules } from "../../src/rules/index.ts";
import { policy } from "../policy/policies.ts";
import { policies as anyPolicies } from "../support/arbitraries.ts";
import { allocated, storedIngresses, storedServices, unallocated } from "../support/corpus.ts";
import type { RawService, StoredIngress, StoredService } from "../support/corpus.ts";

const corpus = storedServices();
const ingresses = storedIngresses();

function subjectOf(object: RawService, phase: Phase, old?: RawService): ServiceSubject {
  return {
    kind: "Service",
    operation: old === undefined ? "CREATE" : "UPDATE",
    phase,
    namespace: "shop",
    name: "web",
    object: serviceView(object),
    old: old && serviceView(old),
  };
}

function provisioned(object: RawService): RawService {
  const status = { loadBalancer: { ingress: [{ hostname: "a.elb.amazonaws.com" }] } };
  return Object.assign({ status }, object);
}

/** What a mutating webhook makes of it, and what the validating one then sees. */
function mutated({ object, facts }: StoredService, set: PolicySet): { decision: Decision; after: RawService } {
  const before = unallocated(object);
  const decision = decide(subjectOf(before, "mutating"), set, facts);
  return { decision, after: allocated(patched(before, decision), object) };
}

function patched(object: RawService, decision: Decision): RawService {
  const copy = structuredClone(object);
  applyPatch(copy, patchOf(object, decision));
  return copy;
}

function refusals(object: RawService, set: PolicySet, facts: Facts): readonly string[] {
  return denials(decide(subjectOf(object, "validating"), set, facts))
    .map(({ rule }) => rule)
    .filter((rule) => rule !== "policy-not-applied");
}

/** Who builds the load balancer is decided first: a claim brings the author's own mistakes to light, and that is right. */
function claimed({ object }: StoredService, decision: Decision): RawService {
  const ofClaim = new Set(["service.claim", "service.loadBalancerClass"]);
  const isTyped = decision.injections.some(({ target }) => target === nlb.type);
  const injections = decision.injections.filter(
    ({ because, target }) => ofClaim.has(because) || (isTyped && target === nlb.targetType),
  );
  return patched(object, { ...decision, injections, provenance: { action: "keep" } });
}

/** Each value that a policy can ask for, in the combinations that platform teams use. */
const fixedPolicies: readonly PolicySet[] = [
  { scheme: "internet-facing", ipAddressType: "dualstack", targetType: "ip", proxyProtocol: "On" },
  { scheme: "internal", ipAddressType: "dualstack", targetType: "instance", proxyProtocol: "On" },
  { scheme: "internal", ipAddressType: "ipv4", targetType: "ip" },
  { scheme: "internet-facing", ipAddressType: "ipv4", targetType: "instance" },
  { ipAddressType: "dualstack" },
  { proxyProtocol: "On" },
  { targetType: "instance" },
].flatMap((defaults) => {
  const settings = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, { default: value }]));
  const byClass = { loadBalancerClass: { default: "service.k8s.aws/nlb" }, ...settings };
  const byType = { claim: "TypeAnnotation", targetType: { default: "ip" }, ...settings };
  return [byClass, byType].map((service) => policySet([policy("fixed", { namespaceSelector: {}, service })]));
});

describe("properties over Services that a controller was really shown", () => {
  it("the policies have something to inject, and much to leave out", () => {
    const all = corpus.flatMap((stored) => fixedPolicies.map((set) => mutated(stored, set).decision));
    expect(all.filter(({ injections }) => injections.length > 0).length).toBeGreaterThan(all.length / 2);
    expect(all.filter(({ leftOut }) => leftOut.some(({ reason }) => reason === "rule")).length).toBeGreaterThan(200);
  });

  it("P4: what would be admitted without us is not refused because of what we inject, whatever the policy", () => {
    const violation = (stored: StoredService, set: PolicySet): string | undefined => {
      const { decision, after } = mutated(stored, set);
      if (decision.injections.length === 0) return undefined;
      if (refusals(claimed(stored, decision), set, stored.facts).length > 0) return undefined;
      const refused = refusals(after, set, stored.facts);
      const injected = decision.injections.map(({ target, value }) => `${target}=${value}`);
      return refused.length === 0 ? undefined : `${stored.id}: ${injected.join(" ")} gave ${refused.join(", ")}`;
    };
    const violations = corpus.flatMap((stored) => fixedPolicies.map((set) => violation(stored, set)));
    expect(violations.filter((each) => each !== undefined)).toEqual([]);
    fc.assert(
      fc.property(fc.constantFrom(...corpus), anyPolicies, (stored, set) => {
        expect(violation(stored, set)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("what we injected is in force: re-read, the values are the policy's", () => {
    const wrong = corpus.flatMap((stored) =>
      fixedPolicies.flatMap((set) => {
        const { decision, after } = mutated(stored, set);
        const view = serviceView(after);
        const { profile, existing } = stored.facts;
        const inForce = serviceInForce(view, serviceController(view, profile), profile, existing);
        const spec = decision.policy.policy?.spec.service;
        return decision.injections.flatMap(({ because, target, value }) => {
          const [wanted, found] =
            because === "service.scheme"
              ? [spec?.scheme?.default, inForce.scheme]
              : because === "service.ipAddressType"
                ? [spec?.ipAddressType?.default, inForce.ipAddressType]
                : because === "service.targetType"
                  ? [spec?.targetType?.default, inForce.targetType]
                  : because === "service.proxyProtocol"
                    ? [view.ports.length, inForce.proxyProtocolPorts?.length]
                    : [undefined, undefined];
          return wanted === found ? [] : [`${stored.id}: ${target}=${value} is read as ${String(found)}`];
        });
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("P2 and P7: nothing written is changed, and deciding about the result changes nothing", () => {
    const faults = corpus.flatMap((stored) =>
      fixedPolicies.flatMap((set) => {
        const before = unallocated(stored.object);
        const after = patched(before, decide(subjectOf(before, "mutating"), set, stored.facts));
        expect(after).toMatchObject(before);
        const again = patchOf(after, decide(subjectOf(after, "mutating"), set, stored.facts));
        return again.length === 0 ? [] : [`${stored.id}: ${JSON.stringify(again)}`];
      }),
    );
    expect(faults).toEqual([]);
  });
});

describe("a cluster with the AWS controller's own Service webhook", () => {
  const withMutator = (facts: Facts): Facts => ({ ...facts, profile: { ...facts.profile, serviceMutator: true } });

  it.each(corpus)("who owns $id after it", ({ object, facts, ownedAfterMutation }) => {
    const decision = decide(subjectOf(unallocated(object), "mutating"), policySet([]), withMutator(facts));
    expect(decision.controller === "aws-load-balancer-controller").toBe(ownedAfterMutation);
  });

  it("is given no class by us, and not the in-tree controller's either", () => {
    const unclaimed: RawService = { metadata: {}, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } };
    const facts = withMutator({
      namespaceLabels: {},
      profile: defaultProfile,
      install: { scope: "ClusterWide", excludedNamespaces: [] },
    });
    const [set = policySet([])] = fixedPolicies;
    const { injections } = decide(subjectOf(unclaimed, "mutating"), set, facts);
    expect(injections.map(({ target }) => target)).not.toContain("spec.loadBalancerClass");
    expect(injections.map(({ target }) => target)).toContain(nlb.scheme);
  });
});

describe("a rule that is not asked had nothing to say", () => {
  const everyRule = rules.map(({ onlyWith: _keys, onlyFor: _features, ...rule }) => rule);
  const noPolicy = resolvePolicy(policySet([]), {});
  const reported = (
    subject: ServiceSubject | IngressSubject,
    facts: Facts,
    list: typeof rules,
    surroundings: Partial<Parameters<typeof evaluate>[1]> = {},
  ): readonly string[] =>
    evaluate(subject, { rules: list, policy: noPolicy, facts, missing: [], ...surroundings }).map(
      ({ rule, problem }) => `${rule.id} ${problem.field}`,
    );

  it("of a new Service", () => {
    for (const { object, facts } of corpus) {
      const subject = subjectOf(object, "validating");
      expect(reported(subject, facts, rules)).toEqual(reported(subject, facts, everyRule));
    }
  });

  it("of an update from any Service to any other", () => {
    const any = fc.constantFrom(...corpus);
    fc.assert(
      fc.property(any, any, ({ object, facts }, { object: old }) => {
        const subject = subjectOf(object, "validating", provisioned(old));
        expect(reported(subject, facts, rules)).toEqual(reported(subject, facts, everyRule));
      }),
      { numRuns: 800 },
    );
  });

  it("of a Service in either phase, whatever is known around it", () => {
    const profile = fc.record({
      overlayNetwork: fc.constantFrom(true, false, undefined),
      platform: fc.constantFrom("gardener" as const, undefined),
      subnetsHaveIPv6: fc.constantFrom(true, false, "some" as const, undefined),
      EnableIPTargetType: fc.boolean(),
      NLBSecurityGroup: fc.boolean(),
    });
    const around = fc.record({
      labels: fc.constantFrom({}, { "dualstack.dev/inject": "perhaps" }, { "dualstack.dev/policy": "gone" }),
      missing: fc.constantFrom([], [{ field: "spec.loadBalancerClass", value: "service.k8s.aws/nlb" }]),
      set: anyPolicies,
      phase: fc.constantFrom<Phase>("mutating", "validating"),
    });
    const any = fc.constantFrom(...corpus);
    fc.assert(
      fc.property(any, fc.option(any), profile, around, (now, before, known, { labels, missing, set, phase }) => {
        const { EnableIPTargetType, NLBSecurityGroup, ...others } = known;
        const featureGates = { ...now.facts.profile.featureGates, EnableIPTargetType, NLBSecurityGroup };
        const facts: Facts = {
          ...now.facts,
          namespaceLabels: labels,
          profile: { ...now.facts.profile, ...others, featureGates },
        };
        const surroundings = { policy: resolvePolicy(set, labels), missing };
        const subject = subjectOf(now.object, phase, before === null ? undefined : provisioned(before.object));
        expect(reported(subject, facts, rules, surroundings)).toEqual(
          reported(subject, facts, everyRule, surroundings),
        );
      }),
      { numRuns: 1500 },
    );
  });

  const ingressSubject = ({ namespace, name, object }: StoredIngress, old?: IngressView): IngressSubject => ({
    kind: "Ingress",
    operation: old === undefined ? "CREATE" : "UPDATE",
    phase: "validating",
    namespace,
    name,
    object,
    old: old && { ...old, hasAddress: true },
  });

  it("of a new Ingress, whatever is known of its cluster", () => {
    for (const stored of ingresses) {
      const subject = ingressSubject(stored);
      for (const facts of [stored.facts, { ...stored.facts, cluster: undefined }]) {
        expect(reported(subject, facts, rules)).toEqual(reported(subject, facts, everyRule));
      }
    }
  });

  it("of an update from any Ingress with some of its annotations to any other", () => {
    const any = fc.constantFrom(...ingresses);
    const some = any.chain((stored) =>
      fc.subarray(Object.entries(stored.object.annotations)).map((kept): StoredIngress => {
        return { ...stored, object: { ...stored.object, annotations: Object.fromEntries(kept) } };
      }),
    );
    fc.assert(
      fc.property(some, some, (stored, { object: old }) => {
        const subject = ingressSubject(stored, old);
        expect(reported(subject, stored.facts, rules)).toEqual(reported(subject, stored.facts, everyRule));
      }),
      { numRuns: 3000 },
    );
  });
});
