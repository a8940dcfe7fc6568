import { expect, test } from "vitest";
import { subjectIn } from "../../bench/every-annotation.ts";
import { catalog } from "../../src/annotations/catalog.ts";

test("the Service of the benchmark has every annotation that is read on one, one at least of each family", () => {
  const written = Object.keys(subjectIn("validating").object.annotations);
  const missing = catalog
    .filter(({ readOn }) => readOn.includes("Service"))
    .filter(({ key, form }) => !written.some((own) => (form === "exact" ? own === key : own.startsWith(key))));
  expect(missing.map(({ key }) => key)).toEqual([]);
});
