import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../src/decision/evaluate.ts";
import type { ServiceView } from "../src/decision/subject.ts";
import { readReview } from "../src/kubernetes/admission-review.ts";
import { resolvePolicy } from "../src/policy/resolve.ts";
import { rules } from "../src/rules/index.ts";
import { inScope, policies, rawRequest } from "./support/arbitraries.ts";
import { reviewOf } from "./support/webhook-app.ts";

/** Metadata by which the engine spares itself work must be true, or a rule would not be asked when it should be. */

const cases = fc
  .sample(fc.tuple(rawRequest, policies, inScope), { numRuns: 1500, seed: 7 })
  .map(([raw, set, facts]) => {
    const operation = raw.oldObject === undefined ? "CREATE" : "UPDATE";
    const { subject } = readReview(reviewOf(raw.object, { operation, oldObject: raw.oldObject }), "validating");
    if (subject === undefined) throw new Error("the generator made an object of another kind");
    return { subject, known: { policy: resolvePolicy(set, facts.namespaceLabels), facts, missing: [] } };
  });

describe("a rule that does not say that it reads spec.ipFamilies", () => {
  it.each(rules.filter(({ readsFamilies }) => readsFamilies !== true))("does not: $id", (rule) => {
    let read = 0;
    for (const { subject, known } of cases) {
      if (subject.kind !== "Service") continue;
      const object: ServiceView = {
        ...subject.object,
        get ipFamilies() {
          read += 1;
          return undefined;
        },
      };
      evaluate({ ...subject, object }, { ...known, rules: [rule] });
    }
    expect(read).toBe(0);
  });
});

describe("a rule for updates only", () => {
  it.each(rules.filter(({ updatesOnly }) => updatesOnly === true))("says nothing of a new object: $id", (rule) => {
    const { updatesOnly: _gate, ...asked } = rule;
    const found = cases
      .filter(({ subject }) => subject.old === undefined)
      .flatMap(({ subject, known }) => evaluate(subject, { ...known, rules: [asked] }));
    expect(found).toEqual([]);
  });
});
