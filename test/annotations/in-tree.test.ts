import { expect, it } from "vitest";
import { parseInTreeMap } from "../../src/annotations/in-tree.ts";

it.each<[string, string, Record<string, string>]>([
  ["pairs, trimmed around commas only", " a=b , c = d,", { a: "b", "c ": " d" }],
  ["a key alone", "a", { a: "" }],
  ["nothing behind a second equals sign", "a=b=c", { a: "b" }],
  ["no escapes", String.raw`a=b\,c`, { a: "b\\", c: "" }],
  ["no pair without a key", "=b,,", {}],
  ["the last of equal keys", "a=b,a=c", { a: "c" }],
])("the in-tree controller reads %s", (_what, raw, read) => {
  expect(Object.fromEntries(parseInTreeMap(raw))).toEqual(read);
});
