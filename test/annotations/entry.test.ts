import { describe, expect, test } from "vitest";
import { alb, catalog, catalogEntry, nlb } from "../../src/annotations/catalog.ts";
import { keysOf, mayGoUnread } from "../../src/annotations/entry.ts";

describe("the keys of a kind of value", () => {
  test("are those of its entries, families with their dot", () => {
    expect(keysOf(catalog, ({ type }) => type === "json")).toEqual(
      expect.arrayContaining([`${nlb.actions}.`, alb.listenPorts, `${alb.conditions}.`]),
    );
    expect(keysOf(catalog, ({ type }) => type === "json")).not.toContain(nlb.attributes);
  });

  test("are never none, since a rule would then be asked of no object", () => {
    expect(() => keysOf(catalog, () => false)).toThrow("no annotation has such a value");
  });
});

test.each([
  [alb.loadBalancerAttributes, false],
  [alb.listenPorts, false],
  [alb.healthcheckIntervalSeconds, true],
  [`${alb.actions}.web`, true],
  [`${alb.targetControlPort}.web.80`, true],
])("whether the controller may never parse %s of an Ingress: %s", (key, expected) => {
  const entry = catalogEntry(key, "Ingress");
  expect(entry && mayGoUnread(entry)).toBe(expected);
});
