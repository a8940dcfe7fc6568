import { expect, it } from "vitest";
import { readOptions } from "../../bench/options.ts";

it("no options: a full run, shown as a table", () => {
  expect(readOptions([])).toEqual({ json: false, quick: false });
});

it("both options, in any order", () => {
  expect(readOptions(["--quick", "--json"])).toEqual({ json: true, quick: true });
});

it("refuses what it does not know, with what it does know", () => {
  expect(readOptions(["--json", "--qick", "5"])).toEqual({
    refusal: "--qick, 5: the benchmark takes --json and --quick, and nothing else.",
  });
});
