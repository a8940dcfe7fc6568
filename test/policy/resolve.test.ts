import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgesNothing, policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import type { LoadBalancerPolicy } from "../../src/policy/schema.ts";
import { policy } from "./policies.ts";

const everywhere = { namespaceSelector: {} };
const picks = (name: string) => ({ "dualstack.dev/policy": name });

/** Names instead of policies, for a short comparison. */
function resolved(policies: readonly LoadBalancerPolicy[], labels: Readonly<Record<string, string>>) {
  const { policy: inForce, pick } = resolvePolicy(policySet(policies), labels);
  return [inForce?.metadata.name, pick && { ...pick, winner: pick.winner?.metadata.name }];
}

describe("by default", () => {
  test("without policies, none is in force", () => {
    expect(resolved([], {})).toEqual([undefined, undefined]);
  });

  test("a policy without a selector is nobody's default", () => {
    expect(resolved([policy("a")], {})).toEqual([undefined, undefined]);
  });

  test("a policy with the empty selector is everybody's", () => {
    expect(resolved([policy("a", everywhere)], {})).toEqual(["a", undefined]);
  });

  test("a policy is the default where its selector matches", () => {
    const shop = policy("shop", { namespaceSelector: { matchLabels: { team: "shop" } }, priority: 1 });
    expect(resolved([policy("rest", everywhere), shop], { team: "shop" })).toEqual(["shop", undefined]);
    expect(resolved([policy("rest", everywhere), shop], { team: "bank" })).toEqual(["rest", undefined]);
  });

  test("the highest priority wins over the first name", () => {
    expect(resolved([policy("a", everywhere), policy("b", { ...everywhere, priority: 1 })], {})[0]).toBe("b");
    expect(resolved([policy("a", { ...everywhere, priority: -1 }), policy("b", everywhere)], {})[0]).toBe("b");
  });

  test("among equals the first name wins, by code unit: a digit and a dash come before a letter", () => {
    const names = ["b", "a1", "a-b", "a.b", "aa"];
    expect(
      policySet(names.map((name) => policy(name, everywhere))).ordered.map(({ metadata }) => metadata.name),
    ).toEqual(["a-b", "a.b", "a1", "aa", "b"]);
  });
});

describe("a pick", () => {
  const fallback = policy("fallback", everywhere);
  const open = policy("open", { selectable: true });
  const closed = policy("closed");

  test("of a selectable policy is in force", () => {
    expect(resolved([fallback, open], picks("open"))).toEqual(["open", undefined]);
  });

  test("needs no default to leave", () => {
    expect(resolved([open], picks("open"))).toEqual(["open", undefined]);
  });

  test("beats a higher priority", () => {
    expect(resolved([policy("top", { ...everywhere, priority: 9 }), open], picks("open"))).toEqual(["open", undefined]);
  });

  test("of a policy that does not exist leaves none in force", () => {
    expect(resolved([fallback], picks("opne"))).toEqual([
      undefined,
      { name: "opne", outcome: "missing", winner: "fallback" },
    ]);
    expect(resolved([], picks("opne"))).toEqual([undefined, { name: "opne", outcome: "missing", winner: undefined }]);
  });

  test("of a policy that may not be picked leaves none in force", () => {
    expect(resolved([fallback, closed], picks("closed"))).toEqual([
      undefined,
      { name: "closed", outcome: "not-selectable", winner: "fallback" },
    ]);
  });

  test("that is empty is a pick of a policy that does not exist", () => {
    expect(resolved([fallback], picks(""))).toEqual([undefined, { name: "", outcome: "missing", winner: "fallback" }]);
  });

  test("of what every object inherits is a pick of a policy that does not exist", () => {
    expect(resolved([fallback], picks("constructor"))[0]).toBeUndefined();
  });

  test.each(["Warn", "Off"])("that cannot be had leaves the default in force where its mode is %s", (mode) => {
    const shadow = policy("shadow", { ...everywhere, mode });
    expect(resolved([shadow, closed], picks("closed"))).toEqual([
      "shadow",
      { name: "closed", outcome: "not-selectable", winner: "shadow" },
    ]);
    expect(resolved([shadow], picks("gone"))).toEqual([
      "shadow",
      { name: "gone", outcome: "missing", winner: "shadow" },
    ]);
  });

  test("of the default itself is no pick, selectable or not", () => {
    expect(resolved([fallback], picks("fallback"))).toEqual(["fallback", undefined]);
  });
});

describe("where the default is not overridable", () => {
  const firm = policy("firm", { ...everywhere, priority: 5, overridable: false });
  const open = policy("open", { selectable: true });

  test("a pick of another policy is ignored", () => {
    expect(resolved([firm, open], picks("open"))).toEqual([
      "firm",
      { name: "open", outcome: "not-overridable", winner: "firm" },
    ]);
  });

  test("so is a pick of a policy that does not exist", () => {
    expect(resolved([firm], picks("gone"))).toEqual([
      "firm",
      { name: "gone", outcome: "not-overridable", winner: "firm" },
    ]);
  });

  test("a pick of that default is fine", () => {
    expect(resolved([firm], picks("firm"))).toEqual(["firm", undefined]);
  });

  test("only the winner's word counts, not that of a policy of lower priority", () => {
    const top = policy("top", { ...everywhere, priority: 9 });
    expect(resolved([firm, top, open], picks("open"))).toEqual(["open", undefined]);
  });
});

test("the order in which policies are given does not matter", () => {
  const selectors = [undefined, {}, { matchLabels: { team: "web" } }, { matchLabels: { team: "db" } }];
  const spec = fc.record({
    namespaceSelector: fc.constantFrom(...selectors),
    priority: fc.integer({ min: -1, max: 1 }),
    selectable: fc.boolean(),
    overridable: fc.boolean(),
    mode: fc.constantFrom("Enforce", "Warn", "Off"),
  });
  const policies = fc
    .uniqueArray(fc.tuple(fc.constantFrom("a", "a-b", "a1", "b", "c"), spec), { selector: ([name]) => name })
    .map((list) => list.map(([name, fields]) => policy(name, fields)));
  const shuffled = policies.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  const labels = fc.constantFrom({}, { team: "web" }, picks("a"), { ...picks("b"), team: "web" }, picks("gone"));
  fc.assert(
    fc.property(shuffled, labels, ([given, other], namespaceLabels) => {
      expect(resolvePolicy(policySet(other), namespaceLabels)).toEqual(
        resolvePolicy(policySet(given), namespaceLabels),
      );
    }),
  );
});

describe("nothing is judged", () => {
  const off = { mode: "Off" };
  test.each([
    ["under one policy of mode Off for all namespaces", [policy("all", { ...off, namespaceSelector: {} })], true],
    [
      "where others to pick are off, too",
      [policy("all", { ...off, namespaceSelector: {} }), policy("b", { ...off, selectable: true })],
      true,
    ],
    ["not without any policy: rules speak all the same", [], false],
    [
      "not where some namespaces have none",
      [policy("a", { ...off, namespaceSelector: { matchLabels: { a: "" } } })],
      false,
    ],
    ["not where one only is to be picked", [policy("a", { ...off, selectable: true })], false],
    [
      "not where one is at work",
      [policy("all", { ...off, namespaceSelector: {} }), policy("b", { mode: "Warn", selectable: true })],
      false,
    ],
  ])("%s", (_what, policies, expected) => {
    expect(judgesNothing(policySet(policies))).toBe(expected);
  });
});
