import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { injectedAnnotation } from "../../src/annotations/own.ts";
import { decide, denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { optsOut } from "../../src/decision/inject.ts";
import { loadBalancerClassTarget } from "../../src/decision/injection.ts";
import { ourPair, ownValue, readProvenance } from "../../src/decision/provenance.ts";
import { policySet } from "../../src/policy/resolve.ts";
import type { PolicySet } from "../../src/policy/resolve.ts";
import { readPolicy } from "../../src/policy/schema.ts";
import { written } from "../policy/policies.ts";
import { clusterIn, groupedRequest, groups, inScope, policies, rawRequest } from "../support/arbitraries.ts";
import type { RawRequest } from "../support/arbitraries.ts";
import { mutated, subjectOf, validated } from "../support/requests.ts";

/** A note of injections that the author made up, and that names values of the author's own. */

type Raw = Readonly<Record<string, unknown>>;

interface Forgery {
  readonly honest: RawRequest;
  /** The same with a note. */
  readonly forged: RawRequest;
  /** What the note names. */
  readonly keys: readonly string[];
}

/**
 * Services whose controller nobody has chosen, and which the in-tree one would build: few of its rules read these annotations, so
 * that what they say under a claim decides about it.
 */
const claimable: fc.Arbitrary<RawRequest> = fc
  .record({
    [nlb.scheme]: fc.option(fc.constantFrom("internet-facing", "public"), { freq: 1, nil: undefined }),
    [nlb.targetType]: fc.option(fc.constantFrom("ip", "IP"), { freq: 1, nil: undefined }),
    [nlb.ipAddressType]: fc.option(fc.constantFrom("dualstack", "both"), { freq: 1, nil: undefined }),
    [nlb.proxyProtocol]: fc.constantFrom("*", "true", "true", "yes"),
  })
  .chain((annotations) => fc.constantFrom("TCP", "UDP").map((protocol) => ({ annotations, protocol })))
  .map(({ annotations, protocol }) => {
    const written = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== undefined));
    const metadata = { name: "web", namespace: "shop", annotations: written };
    const spec = { type: "LoadBalancer", ports: [{ port: 80, targetPort: 8080, protocol }] };
    return { object: { apiVersion: "v1", kind: "Service", metadata, spec }, oldObject: undefined };
  });

const forgery = fc.oneof(
  fc.record({ given: forgeryOf(claimable), set: policies, facts: inScope }),
  fc.record({ given: forgeryOf(rawRequest), set: policies, facts: inScope }),
  fc
    .record({ given: forgeryOf(groupedRequest), set: policies, facts: inScope, around: groups })
    .map(({ facts, around, ...rest }) => ({ ...rest, facts: { ...facts, cluster: clusterIn(around) } })),
);

const runs = { numRuns: 600 };

describe("a made-up note on the author's own values", { timeout: 60_000 }, () => {
  // Where the policy lowers policy-not-applied, whoever keeps a claim away may do so by opting out, too.
  it("has nothing admitted that is refused without it", () => {
    fc.assert(
      fc.property(forgery, ({ given: { honest, forged }, set, facts }) => {
        fc.pre(set.ordered.every(({ spec }) => (spec.rules["policy-not-applied"] ?? "Deny") === "Deny"));
        const refused = areRefused(honest, set, facts);
        const withNote = areRefused(forged, set, facts);
        expect(refused.filter((isRefused, index) => isRefused && withNote[index] !== true)).toEqual([]);
      }),
      runs,
    );
  });

  it("stays on the object only with keys that we would inject ourselves", () => {
    fc.assert(
      fc.property(forgery, ({ given: { forged, keys }, set, facts }) => {
        const { decision, after } = mutated(forged, set, facts);
        const subject = subjectOf(after, "mutating");
        // What is not ours is left as it is, as is everything in mode Warn, and who opts out keeps what was stored.
        fc.pre(set.ordered.every(({ spec }) => spec.mode === "Enforce"));
        fc.pre(decision.untouched === undefined && decision.controller !== "other");
        fc.pre(subject.kind === "Ingress" || subject.object.type === "LoadBalancer");
        fc.pre(subject.old?.annotations[injectedAnnotation] === undefined || !optsOut(subject));

        const { keys: left = [] } = readProvenance(subject.object.annotations[injectedAnnotation]) ?? {};
        const injected = [decision, decide(subjectOf(withoutValues(forged, keys), "mutating"), set, facts)].flatMap(
          ({ injections }) => injections.map(({ target }) => (target === nlb.targetGroupAttributes ? ourPair : target)),
        );
        expect(left.filter((key) => !injected.includes(key))).toEqual([]);
      }),
      runs,
    );
  });
});

describe("a made-up note on a value that the claimed controller rejects", () => {
  const annotations = {
    [nlb.proxyProtocol]: "true",
    [injectedAnnotation]: `policy=generated; keys=${nlb.proxyProtocol}`,
  };
  const metadata = { name: "web", namespace: "shop", annotations };
  const spec = { type: "LoadBalancer", ports: [{ port: 80, targetPort: 8080, protocol: "TCP" }] };
  const forged = { object: { apiVersion: "v1", kind: "Service", metadata, spec }, oldObject: undefined };
  const read = readPolicy(
    written({ namespaceSelector: {}, service: { loadBalancerClass: { default: "service.k8s.aws/nlb" } } }, "generated"),
  );
  const set = policySet("policy" in read ? [read.policy] : []);
  const facts: Facts = {
    namespaceLabels: {},
    profile: { ...defaultProfile, ipFamily: "ipv4" },
    install: { scope: "ClusterWide", excludedNamespaces: [] },
    cluster: undefined,
  };

  // The value passes for ours, and keeps the claim away: nothing but the missing claim is left to refuse.
  it("does not keep the Service from being refused, and is taken off", () => {
    expect(areRefused(forged, set, facts)).toEqual([true]);
    const { object } = subjectOf(mutated(forged, set, facts).after, "mutating");
    expect(readProvenance(object.annotations[injectedAnnotation])?.keys ?? []).not.toContain(nlb.proxyProtocol);
  });

  it("is no worse than none", () => {
    const honest = { ...forged, object: withNote(forged.object) };
    expect(areRefused(honest, set, facts)).toEqual([true]);
  });
});

/** The same request twice: without a note, and with one that names some of the values that are on the object. */
function forgeryOf(request: fc.Arbitrary<RawRequest>): fc.Arbitrary<Forgery> {
  return fc
    .tuple(request, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }))
    .map(([{ object, oldObject }, skipped]) => {
      const honest = { object: withNote(object), oldObject: oldObject && withNote(oldObject) };
      const keys = nameable(honest).filter((_key, index) => skipped[index] !== true);
      const forged = { ...honest, object: withNote(honest.object, `policy=generated; keys=${keys.join(",")}`) };
      return { honest, forged, keys };
    })
    .filter(({ keys }) => keys.length > 0);
}

/** What a note of ours could name, and what has a value on the object. */
function nameable(request: RawRequest): readonly string[] {
  const { object } = subjectOf(request, "mutating");
  const all = [...Object.keys(object.annotations), loadBalancerClassTarget, ourPair];
  const { keys = [] } = readProvenance(`policy=; keys=${all.join(",")}`) ?? {};
  return keys.filter((key) => ownValue(object, key) !== undefined);
}

/** In place of any other. */
function withNote(object: Raw, note?: string): RawRequest["object"] {
  const metadata = object["metadata"] as Raw;
  const { [injectedAnnotation]: _other, ...annotations } = (metadata["annotations"] ?? {}) as Raw;
  const noted = note === undefined ? annotations : { ...annotations, [injectedAnnotation]: note };
  return { ...object, metadata: { ...metadata, annotations: noted } };
}

/** Of each object that the validating phase may see. */
function areRefused(request: RawRequest, set: PolicySet, facts: Facts): readonly boolean[] {
  return validated(mutated(request, set, facts).after, set, facts).map(isRefused);
}

function isRefused(decision: Decision): boolean {
  return denials(decision).length > 0;
}

/** As if the note were true, and before we injected. Beside a class of ours a type annotation may be another webhook's. */
function withoutValues({ object, oldObject }: RawRequest, keys: readonly string[]): RawRequest {
  const { metadata, spec } = withNote(object) as { metadata: { annotations: Raw }; spec: Raw };
  const ofClass = keys.includes(loadBalancerClassTarget);
  const gone = [
    ...keys,
    ...(ofClass ? [nlb.type] : []),
    ...(keys.includes(ourPair) ? [nlb.targetGroupAttributes] : []),
  ];
  const annotations = Object.fromEntries(Object.entries(metadata.annotations).filter(([key]) => !gone.includes(key)));
  const loadBalancerClass = ofClass ? undefined : spec["loadBalancerClass"];
  return {
    object: { ...object, metadata: { ...metadata, annotations }, spec: { ...spec, loadBalancerClass } },
    oldObject,
  };
}
