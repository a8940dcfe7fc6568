import { expect, test } from "vitest";
import { wrap } from "../../src/text/wrap.ts";

test("a line of 80 columns stays, one of 81 is broken at its last space and indented", () => {
  expect(wrap(`${"a".repeat(78)} b`, 2)).toBe(`${"a".repeat(78)} b\n`);
  expect(wrap(`${"a".repeat(78)} bc`, 2)).toBe(`${"a".repeat(78)}\n  bc\n`);
});

test("what starts with spaces keeps them, and a word that fits nowhere stands alone", () => {
  expect(wrap("  - a", 4)).toBe("  - a\n");
  expect(wrap(`  ${"a".repeat(90)} b`, 4)).toBe(`  ${"a".repeat(90)}\n    b\n`);
});
