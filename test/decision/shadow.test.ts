import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import { wouldInject, wouldRefuse } from "../../src/decision/shadow.ts";
import { possibleAllocations } from "../../src/decision/unallocated.ts";
import { patchOf } from "../../src/kubernetes/patch.ts";
import { policySet } from "../../src/policy/resolve.ts";
import type { PolicySet } from "../../src/policy/resolve.ts";
import { clusterIn, groupedRequest, groups, inScope, policies, rawRequest } from "../support/arbitraries.ts";
import type { RawRequest } from "../support/arbitraries.ts";
import { decided, publicDualStack, publicService } from "../support/decisions.ts";
import { service } from "../support/subjects.ts";
import { nlb } from "../../src/annotations/catalog.ts";
import { injectionWarnings } from "../../src/decision/messages.ts";
import { mutated, subjectOf, validated } from "../support/requests.ts";
import type { Facts } from "../../src/decision/facts.ts";

const runs = { numRuns: 600 };

function inMode(mode: "Enforce" | "Warn", { ordered }: PolicySet): PolicySet {
  return policySet(ordered.map((policy) => ({ ...policy, spec: { ...policy.spec, mode } })));
}

/** Each with its field and value, as both modes name it. */
function enforced({ injections }: Decision): readonly object[] {
  return injections.map(({ target, value, because }) => ({ target, value, because }));
}

function told(decision: Decision): readonly object[] {
  return wouldInject(decision).map(({ target, value, because }) => ({ target, value, because }));
}

function refusals(decision: Decision): readonly string[] {
  return denials(decision).map(({ rule, field, message }) => `${rule}: ${field}: ${message}`);
}

function toldRefusals(decision: Decision): readonly string[] {
  return wouldRefuse(decision).map(({ rule, field, message }) => `${rule}: ${field}: ${message}`);
}

const anyPolicy = policies.filter(({ ordered }) => ordered.length > 0);
const requests = fc.oneof(rawRequest, groupedRequest);
const worlds = fc
  .record({ facts: inScope, around: fc.option(groups) })
  .map(({ facts, around }): Facts => (around === null ? facts : { ...facts, cluster: clusterIn(around) }));

describe("mode Warn, of any object, policy and cluster", { timeout: 60_000 }, () => {
  it("tells in the mutating phase exactly what mode Enforce injects, refuses and leaves out there, and changes nothing", () => {
    fc.assert(
      fc.property(requests, anyPolicy, worlds, (request, set, facts) => {
        const real = mutated(request, inMode("Enforce", set), facts).decision;
        const shadow = mutated(request, inMode("Warn", set), facts).decision;
        expect(patchOf(request.object, shadow)).toEqual([]);
        expect(denials(shadow)).toEqual([]);
        expect(told(shadow)).toEqual(enforced(real));
        expect(shadow.leftOut.filter(({ reason }) => reason !== "shadow")).toEqual(real.leftOut);
        expect(toldRefusals(shadow)).toEqual(refusals(real));
      }),
      runs,
    );
  });

  it("tells in the validating phase, of the object as it came, exactly what mode Enforce refuses after its injections", () => {
    fc.assert(
      fc.property(requests, anyPolicy, worlds, (request, set, facts) => {
        fc.pre(isKnownAtMutation(request, facts));
        const after = mutated(request, inMode("Enforce", set), facts).after;
        const real = validated(after, inMode("Enforce", set), facts);
        const shadow = validated(request, inMode("Warn", set), facts);
        expect(shadow.flatMap((decision) => denials(decision))).toEqual([]);
        expect(shadow.map(toldRefusals)).toEqual(real.map(refusals));
      }),
      runs,
    );
  });

  it("is told of enough, or all of this would hold of nothing", () => {
    const cases = fc.sample(fc.tuple(requests, anyPolicy, worlds), { numRuns: 300, seed: 1 });
    const shadows = cases.map(([request, set, facts]) => mutated(request, inMode("Warn", set), facts).decision);
    expect(shadows.filter((decision) => wouldInject(decision).length > 0).length).toBeGreaterThan(30);
    const judged = cases.flatMap(([request, set, facts]) => validated(request, inMode("Warn", set), facts));
    expect(judged.filter((decision) => wouldRefuse(decision).length > 0).length).toBeGreaterThan(60);
  });
});

describe("mode Warn, by example", () => {
  const shadow = (spec: object) => ({ policy: { ...publicDualStack, mode: "Warn", ...spec } });
  const mutating = { phase: "mutating" } as const;

  it("does not tell of a fault that mode Enforce would cure, as the public scheme of an unclaimed Service", () => {
    const spec = { service: { ...publicService, scheme: { default: "internal", allowed: ["internal"] } } };
    const unclaimed = service({ spec: { ipFamilies: ["IPv4"] } });
    expect(wouldRefuse(decided(unclaimed, shadow(spec)))).toEqual([]);
    const external = {
      annotations: { [nlb.type]: "external", [nlb.targetType]: "ip", [nlb.scheme]: "internet-facing" },
    };
    expect(wouldRefuse(decided(service(external), shadow(spec)))).toMatchObject([
      { rule: "value-not-allowed-by-policy", severity: "deny", excused: "shadow" },
    ]);
  });

  it("tells what an update would get back, and puts nothing back", () => {
    const note = { "dualstack.dev/injected": `policy=test; keys=${nlb.scheme}` };
    const old = {
      annotations: { [nlb.scheme]: "internet-facing", ...note },
      spec: { loadBalancerClass: "service.k8s.aws/nlb" },
      status: { loadBalancer: { ingress: [{ hostname: "a.elb.amazonaws.com" }] } },
    };
    const decision = decided(service({}, { ...mutating, old }), shadow({}));
    expect(decision).toMatchObject({ injections: [], provenance: { action: "keep" } });
    expect(injectionWarnings(decision)).toEqual([
      'policy test would set spec.loadBalancerClass back to "service.k8s.aws/nlb"; its mode is Warn',
      'policy test would set metadata.annotations[…/aws-load-balancer-scheme] back to "internet-facing"; its mode is Warn',
    ]);
  });

  it("leaves a note of injections that the author made up, and says that it would go", () => {
    const annotations = { "dualstack.dev/injected": "policy=p; keys=x", "dualstack.dev/inject": "false" };
    const decision = decided(service({ annotations }, mutating), shadow({}));
    expect(decision.provenance).toEqual({ action: "keep" });
    expect(injectionWarnings(decision)).toEqual([
      "policy test would remove the annotation dualstack.dev/injected, which only the webhook writes; its mode is Warn",
    ]);
  });

  it("speaks of a value that it would set as of one that is not set yet", () => {
    const profile = { subnetsHaveIPv6: undefined };
    const { cautions } = decided(service({}, mutating), { ...shadow({}), profile });
    expect(cautions).toEqual([
      expect.stringContaining(' would be set to "dualstack": make sure that the subnets have IPv6'),
    ]);
  });
});

/** Whether the validating phase can tell what the mutating one knew of the families: who wrote them cannot be seen any more. */
function isKnownAtMutation(request: RawRequest, { profile }: Facts): boolean {
  const { object, old, kind } = subjectOf(request, "mutating");
  if (kind === "Ingress") return true;
  const possible = possibleAllocations({ ...object, ipFamilies: undefined }, profile, old);
  const isOnlyOne = possible.length === 1 && isDeepStrictEqual(possible[0].ipFamilies, object.ipFamilies);
  const isWritten = object.ipFamilies !== undefined;
  if (old === undefined) return !isWritten || isOnlyOne;
  return isWritten || possible.length === 1;
}
