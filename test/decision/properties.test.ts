import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { parseMap } from "../../src/annotations/parse.ts";
import { decide, denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { ingressState } from "../../src/decision/ingress-state.ts";
import { applyPatch, patchOf } from "../../src/kubernetes/patch.ts";
import { policySet } from "../../src/policy/resolve.ts";
import {
  clusterIn,
  foreignRequest,
  groupedRequest,
  groups,
  inScope,
  policies,
  rawRequest,
} from "../support/arbitraries.ts";
import type { RawRequest } from "../support/arbitraries.ts";
import { mutated, subjectOf, validated } from "../support/requests.ts";

const runs = { numRuns: 300 };
/** Much has to come together in a group. */
const manyRuns = { numRuns: 600 };

function writtenValues({ object }: RawRequest): Readonly<Record<string, unknown>> {
  const { metadata, spec } = object as {
    metadata: { annotations?: Record<string, string> | null };
    spec: { loadBalancerClass?: string };
  };
  const { ["dualstack.dev/injected"]: _ours, ...annotations } = metadata.annotations ?? {};
  const { loadBalancerClass } = spec;
  return { ...annotations, ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }) };
}

describe("properties over generated objects, policies and clusters", { timeout: 30_000 }, () => {
  it("the generators give the policies something to do, or all of the following would hold of nothing", () => {
    const cases = fc.sample(fc.tuple(rawRequest, policies, inScope), { numRuns: 500, seed: 1 });
    const decisions = cases.map(([request, set, facts]) => decide(subjectOf(request, "mutating"), set, facts));
    expect(decisions.filter(({ injections }) => injections.length > 0).length).toBeGreaterThan(40);
    expect(decisions.filter(({ leftOut }) => leftOut.some(({ reason }) => reason === "rule")).length).toBeGreaterThan(
      5,
    );
    expect(decisions.filter((decision) => denials(decision).length > 0).length).toBeGreaterThan(60);
  });

  it("P1: without a policy, out of scope or opted out, the object stays as it is", () => {
    const untouchable = fc.oneof(
      fc.record({ set: policies, install: fc.constant({ scope: "OptIn" as const, excludedNamespaces: [] }) }),
      fc.record({
        set: policies,
        install: fc.constant({ scope: "ClusterWide" as const, excludedNamespaces: ["shop"] }),
      }),
    );
    fc.assert(
      fc.property(rawRequest, untouchable, inScope, (request, { set, install }, facts) => {
        const decision = decide(subjectOf(request, "mutating"), set, { ...facts, install });
        expect(patchOf(request.object, decision)).toEqual([]);
      }),
      runs,
    );
  });

  it("P1: no policy changes the object of a controller that is not ours", () => {
    fc.assert(
      fc.property(foreignRequest, policies, inScope, (request, set, facts) => {
        const decision = decide(subjectOf(request, "mutating"), set, facts);
        expect(patchOf(request.object, decision)).toEqual([]);
      }),
      runs,
    );
  });

  it("P2: nothing that is written is changed or removed; a map of attributes may get proxy protocol behind it", () => {
    fc.assert(
      fc.property(rawRequest, policies, inScope, (request, set, facts) => {
        const { [nlb.targetGroupAttributes]: map, ...before } = writtenValues(request);
        const after = writtenValues(mutated(request, set, facts).after);
        expect(after).toMatchObject(before);
        const mapAfter = after[nlb.targetGroupAttributes];
        if (typeof map !== "string" || mapAfter === map) return;
        expect(String(mapAfter).replace(",proxy_protocol_v2.enabled=true", "")).toBe(map);
        const pairs = parseMap(map) ?? [];
        expect([...(parseMap(String(mapAfter)) ?? [])]).toEqual([...pairs, ["proxy_protocol_v2.enabled", "true"]]);
        expect([...pairs]).not.toEqual([]);
      }),
      runs,
    );
  });

  it("P4: what would be admitted without us is not refused because of what we inject", () => {
    fc.assert(
      fc.property(rawRequest, policies, inScope, (request, set, facts) => {
        const { after, decision: injecting } = mutated(request, set, facts);
        const own = validated(withClaim(withStoredClass(request), injecting), set, facts).map(reasons);
        // What is put back keeps a live load balancer as it is: an update that does not go with it is rightly refused.
        fc.pre(injecting.injections.every(({ because }) => because !== "restored"));
        fc.pre(injecting.injections.length > 0);
        const refused = validated(after, set, facts).filter((_decision, index) => own[index]?.length === 0);
        expect(refused.flatMap((decision) => reasons(decision))).toEqual([]);
      }),
      runs,
    );
  });

  it("after /mutate, /validate never says that the policy was not applied", () => {
    fc.assert(
      fc.property(rawRequest, policies, inScope, (request, set, facts) => {
        const found = validated(mutated(request, set, facts).after, set, facts).flatMap(({ findings }) => findings);
        expect(found.map(({ rule }) => rule)).not.toContain("policy-not-applied");
      }),
      runs,
    );
  });

  it("nor where the replica that mutated had not found out the cluster's family yet, or only it had", () => {
    fc.assert(
      fc.property(rawRequest, policies, inScope, fc.boolean(), (request, set, facts, early) => {
        const told = { ...facts, profile: { ...facts.profile, ipFamily: undefined } };
        const unaware = { ...told, profile: { ...told.profile, detectedFamilies: undefined } };
        const { after } = mutated(request, set, early ? unaware : told);
        const found = validated(after, set, early ? told : unaware).flatMap(({ findings }) => findings);
        expect(found.map(({ rule }) => rule)).not.toContain("policy-not-applied");
      }),
      runs,
    );
  });

  it("nor where other members of the group, or Services, came in between, or one replica knew less Services", () => {
    const moments = fc.record({ groups, newcomers: fc.nat(3), early: fc.boolean(), late: fc.boolean() });
    fc.assert(
      fc.property(groupedRequest, policies, inScope, moments, (request, set, facts, moment) => {
        const { others, services } = moment.groups;
        const at = (seen: Partial<typeof moment.groups>): Facts => ({
          ...facts,
          cluster: clusterIn({ ...moment.groups, ...seen }),
        });
        const before = at({ others: others.slice(moment.newcomers), services: moment.early ? services : [] });
        const after = at({ services: moment.late ? services : [] });
        const found = validated(mutated(request, set, before).after, set, after);
        expect(found.flatMap(({ findings }) => findings).map(({ rule }) => rule)).not.toContain("policy-not-applied");
      }),
      manyRuns,
    );
  });

  it("P3: no load balancer that exists gets another scheme by what we inject, nor one that others use another address type", () => {
    fc.assert(
      fc.property(groupedRequest, policies, inScope, groups, (request, set, known, around) => {
        const facts = { ...known, cluster: clusterIn(around) };
        const unaided = changesOf(request, facts);
        const injected = changesOf(mutated(request, set, facts).after, facts);
        expect(injected.filter((change) => !unaided.includes(change))).toEqual([]);
      }),
      manyRuns,
    );
  });

  it("has load balancers that others use, or the last two would hold of nothing", () => {
    const cases = fc.sample(fc.tuple(groupedRequest, inScope, groups), { numRuns: 300, seed: 1 });
    const shared = cases.filter(([request, facts, around]) => {
      const subject = subjectOf(request, "validating");
      if (subject.kind === "Service") return false;
      const group = ingressState(subject, subject.object, { ...facts, cluster: clusterIn(around) }).group();
      return group?.isKnown() === true && group.others()?.isProvisioned === true;
    });
    expect(shared.length).toBeGreaterThan(50);
  });

  it("P7: deciding about the result changes nothing", () => {
    fc.assert(
      fc.property(rawRequest, policies, inScope, (request, set, facts) => {
        const { after } = mutated(request, set, facts);
        expect(patchOf(after.object, decide(subjectOf(after, "mutating"), set, facts))).toEqual([]);
      }),
      runs,
    );
  });

  it("the same request gives the same decision, with the policies in any order", () => {
    fc.assert(
      fc.property(rawRequest, policies, inScope, (request, set, facts) => {
        const again = policySet(set.ordered.toReversed());
        expect(mutated(request, again, facts).decision).toEqual(mutated(request, set, facts).decision);
      }),
      { numRuns: 300 },
    );
  });
});

/** What becomes of load balancers that exist, as the rules about updates see it. */
function changesOf(request: RawRequest, facts: Facts): readonly string[] {
  const subject = subjectOf(request, "validating");
  if (subject.kind === "Service") return [];
  const [state, stored] = [subject.object, subject.old].map((view) => view && ingressState(subject, view, facts));
  const changes = state?.group()?.changesFrom(stored?.group()) ?? [];
  return changes.flatMap(({ how, before, after, others }) => [
    ...(before.scheme === after.scheme ? [] : [`${how}: ${before.scheme} becomes ${after.scheme}`]),
    ...(others === 0 || before.ipAddressType === after.ipAddressType
      ? []
      : [`${how}: ${before.ipAddressType} becomes ${after.ipAddressType}`]),
  ]);
}

function reasons(decision: Decision): readonly string[] {
  return denials(decision)
    .map(({ rule }) => rule)
    .filter((rule) => rule !== "policy-not-applied");
}

/** An update that drops spec.loadBalancerClass is refused by the API server: what would be admitted has it. */
function withStoredClass({ object, oldObject }: RawRequest): RawRequest {
  const spec = object["spec"] as Record<string, unknown>;
  const stored = oldObject?.["spec"] as Record<string, unknown> | undefined;
  const dropped = spec["type"] === "LoadBalancer" && stored?.["type"] === "LoadBalancer" && !spec["loadBalancerClass"];
  const loadBalancerClass = dropped ? stored["loadBalancerClass"] : spec["loadBalancerClass"];
  return { object: { ...object, spec: { ...spec, loadBalancerClass } }, oldObject };
}

/**
 * With what decides who builds the load balancer: where the in-tree controller would build a public one, the claim stays
 * and the author's own mistake is refused.
 */
function withClaim(request: RawRequest, decision: Decision): RawRequest {
  const ofClaim = new Set(["service.claim", "service.loadBalancerClass"]);
  const injections = decision.injections.filter(
    ({ because, target }) => ofClaim.has(because) || (because === "service.targetType" && target === nlb.targetType),
  );
  const object = structuredClone(request.object);
  applyPatch(object, patchOf(request.object, { ...decision, injections, provenance: { action: "keep" } }));
  return { ...request, object };
}
