import { describe, expect, test } from "vitest";
import { type Labels, matchesSelector, type NamespaceSelector } from "../../src/policy/selector.ts";

function expression(operator: "In" | "NotIn" | "Exists" | "DoesNotExist", ...values: string[]): NamespaceSelector {
  return { matchExpressions: [{ key: "team", operator, values }] };
}

const web = { team: "web" };
const none: Labels = {};

test.each<[string, NamespaceSelector, Labels, boolean]>([
  ["the empty selector matches everything", {}, none, true],
  ["empty lists match everything", { matchLabels: {}, matchExpressions: [] }, none, true],
  ["a label with the value matches", { matchLabels: web }, web, true],
  ["a label with another value does not", { matchLabels: web }, { team: "db" }, false],
  ["a label that is absent does not", { matchLabels: { team: "" } }, none, false],
  ["a label that is empty is present", { matchLabels: { team: "" } }, { team: "" }, true],
  ["all labels must match", { matchLabels: { team: "web", tier: "a" } }, web, false],
  ["In: one of the values", expression("In", "db", "web"), web, true],
  ["In: another value", expression("In", "db"), web, false],
  ["In: absent", expression("In", "db"), none, false],
  ["NotIn: one of the values", expression("NotIn", "db", "web"), web, false],
  ["NotIn: another value", expression("NotIn", "db"), web, true],
  ["NotIn: absent", expression("NotIn", "db"), none, true],
  ["Exists: present and empty", expression("Exists"), { team: "" }, true],
  ["Exists: absent", expression("Exists"), none, false],
  ["DoesNotExist: present and empty", expression("DoesNotExist"), { team: "" }, false],
  ["DoesNotExist: absent", expression("DoesNotExist"), none, true],
  ["labels and expressions must both match", { matchLabels: web, ...expression("NotIn", "web") }, web, false],
])("%s", (_, selector, labels, matches) => {
  expect(matchesSelector(selector, labels)).toBe(matches);
});

describe("what every object inherits is no label", () => {
  test.each(["constructor", "toString", "__proto__"])("%s", (key) => {
    const exists: NamespaceSelector = { matchExpressions: [{ key, operator: "Exists" }] };
    expect(matchesSelector(exists, {})).toBe(false);
    expect(matchesSelector(exists, Object.fromEntries([[key, "x"]]))).toBe(true);
  });
});
