import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statusFor } from "../../src/policy/acceptance.ts";
import { standingOf } from "../../src/policy/standing.ts";
import type { PolicyObject, Standing } from "../../src/policy/standing.ts";

const now = "2026-01-01T00:00:00Z";
const good = (priority: number) => ({ priority });
const bad = { mode: "Perhaps" };

describe("a version that can be used", () => {
  it("is in force at once, whatever was before and whatever the status says", () => {
    const first = standingOf(object(1, good(1)), undefined);
    const status = { observedGeneration: 2, inForce: { generation: 1, spec: good(1) } };
    expect(inForce(standingOf(object(2, good(2), status), first))).toEqual([2, 2]);
    expect(inForce(standingOf(object(2, good(2), status), undefined))).toEqual([2, 2]);
  });

  it("stays the same object while nothing but its status changes", () => {
    const first = standingOf(object(1, good(1)), undefined);
    const again = standingOf({ ...object(1, good(1), published(first)), resourceVersion: "2" }, first);
    expect(again.inForce).toBe(first.inForce);
    expect(again.object.resourceVersion).toBe("2");
  });

  it("is read anew where a restored cluster gives the same generation to another spec", () => {
    const first = standingOf(object(1, good(1)), undefined);
    expect(inForce(standingOf(object(1, good(7)), first))).toEqual([1, 7]);
  });
});

describe("in place of a version that cannot be used", () => {
  const seen = standingOf(object(2, good(2)), standingOf(object(1, good(1)), undefined));

  it("the last good one stays in force, from memory", () => {
    const standing = standingOf(object(3, bad), seen);
    expect(inForce(standing)).toEqual([2, 2]);
    expect(standing.inForce).toBe(seen.inForce);
    expect(standing.problems.map(({ field }) => field)).toEqual(["spec.mode"]);
    expect(inForce(standingOf(object(4, bad), standing))).toEqual([2, 2]);
  });

  it("the one in the status is in force after a restart", () => {
    const status = { observedGeneration: 3, inForce: { generation: 2, spec: good(2) } };
    expect(inForce(standingOf(object(3, bad, status), undefined))).toEqual([2, 2]);
  });

  it("nothing is, where there was none", () => {
    expect(standingOf(object(1, bad), undefined).inForce).toBeUndefined();
  });

  it("nothing of a policy that was deleted and made anew is", () => {
    expect(standingOf({ ...object(3, bad), uid: "other" }, seen).inForce).toBeUndefined();
  });

  it("the newer of memory and status is, while the status speaks of an earlier version", () => {
    const older = { observedGeneration: 1, inForce: { generation: 1, spec: good(1) } };
    expect(inForce(standingOf(object(3, bad, older), seen))).toEqual([2, 2]);
    const newer = { observedGeneration: 3, inForce: { generation: 3, spec: good(3) } };
    expect(inForce(standingOf(object(4, bad, newer), seen))).toEqual([3, 3]);
  });

  it("the one in the status is, once that speaks of this version", () => {
    const settled = { observedGeneration: 3, inForce: { generation: 1, spec: good(1) } };
    expect(inForce(standingOf(object(3, bad, settled), seen))).toEqual([1, 1]);
    expect(standingOf(object(3, bad, { observedGeneration: 3 }), seen).inForce).toBeUndefined();
  });

  it("a status that this version cannot read settles nothing, and is not lost", () => {
    const status = { observedGeneration: 3, inForce: { generation: 3, spec: bad } };
    const known = standingOf(object(3, bad, status), seen);
    expect(inForce(known)).toEqual([2, 2]);
    const unknown = standingOf(object(3, bad, status), undefined);
    expect(unknown.inForce).toBeUndefined();
    expect(published(unknown).inForce).toEqual(status.inForce);
  });

  it("a memory of the future is not, as of a cluster that was restored", () => {
    expect(standingOf(object(2, bad), seen).inForce).toBeUndefined();
  });
});

it("replicas that saw different versions have the same one in force once one of them has written the status", () => {
  const history = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
  const gaps = fc.array(fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(history, gaps, fc.nat(3), (isGood, saw, writer) => {
      const last = isGood.length;
      const version = (generation: number): PolicyObject =>
        object(generation, isGood[generation - 1] === true ? good(generation) : bad);
      // Each sees the last version, and of the others what its watch did not miss.
      const replicas = saw.map((seen) => {
        let standing: Standing | undefined;
        for (let generation = 1; generation <= last; generation += 1) {
          if (generation === last || seen[generation - 1] === true)
            standing = standingOf(version(generation), standing);
        }
        return standing;
      });
      const leader = replicas[writer % replicas.length];
      if (leader === undefined) throw new Error("unreachable");
      const written = { ...version(last), status: published(leader), resourceVersion: "2" };
      const after = [...replicas, undefined].map((standing) => standingOf(written, standing));
      expect(new Set(after.map((standing) => JSON.stringify(inForce(standing)))).size).toBe(1);
      // And it stays so: the leader has nothing more to write.
      const [first] = after;
      expect(first && published(first)).toEqual(written.status);
    }),
    { numRuns: 50 },
  );
});

describe("the status", () => {
  it("says what is wrong, field by field, and what stays in force", () => {
    const standing = standingOf(object(3, { ...bad, priority: "high" }), standingOf(object(2, good(2)), undefined));
    expect(statusFor(standing, { knownRules: [], now })).toEqual({
      observedGeneration: 3,
      conditions: [
        {
          type: "Accepted",
          status: "False",
          reason: "Invalid",
          observedGeneration: 3,
          lastTransitionTime: now,
          message:
            'spec.priority: must be a number, and is "high". spec.mode: "Perhaps" is not allowed: use "Enforce" or "Warn" or "Off". Generation 2 stays in force.',
        },
      ],
      inForce: { generation: 2, spec: good(2) },
    });
  });

  it("names rules that do not exist, which is no fault", () => {
    const standing = standingOf(object(1, { rules: { "one-rule": "Warn", "other-rule": "Warn" } }), undefined);
    expect(statusFor(standing, { knownRules: ["one-rule"], now }).conditions).toMatchObject([
      {
        status: "True",
        reason: "UnknownRules",
        message: expect.stringMatching(/names, which do nothing: other-rule\.$/),
      },
    ]);
  });

  it("keeps the time while it stays True, and what others have written", () => {
    const theirs = {
      type: "Synced",
      status: "True",
      reason: "Theirs",
      message: "",
      lastTransitionTime: "2025-01-01T00:00:00Z",
    };
    const accepted = { ...theirs, type: "Accepted", reason: "Valid" };
    const status = { observedGeneration: 1, conditions: [theirs, accepted] } as const;
    const standing = standingOf(object(2, good(2), status as unknown as PolicyObject["status"]), undefined);
    const { conditions } = statusFor(standing, { knownRules: [], now });
    expect(conditions).toMatchObject([
      theirs,
      { observedGeneration: 2, lastTransitionTime: theirs.lastTransitionTime },
    ]);
  });

  it("ends somewhere", () => {
    const rules = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`r-${index}`, "x".repeat(500)]));
    const { conditions } = statusFor(standingOf(object(1, { rules }), undefined), { knownRules: [], now });
    expect(conditions?.[0]?.message.length).toBeLessThan(5_000);
  });
});

function object(generation: number, spec: object, status?: PolicyObject["status"]): PolicyObject {
  return { name: "p", uid: "u", generation, resourceVersion: "1", spec, status };
}

function inForce({ inForce: version }: Standing): readonly unknown[] {
  return [version?.generation, version?.policy.spec.priority];
}

function published(standing: Standing): NonNullable<PolicyObject["status"]> {
  return statusFor(standing, { knownRules: [], now });
}
