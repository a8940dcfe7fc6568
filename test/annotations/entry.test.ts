import { describe, expect, test } from "vitest";
import { alb, catalog, nlb } from "../../src/annotations/catalog.ts";
import { keysOf } from "../../src/annotations/entry.ts";

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
