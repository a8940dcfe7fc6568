import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCases } from "./cases.ts";
import { comparedOf } from "./comparison.ts";
import { readIngressError } from "./ingress-errors.ts";
import { reportOn } from "./report.ts";

const text = readFileSync(join(import.meta.dirname, "ingresses.ndjson"), "utf8");
const cases = readCases("ingresses.ndjson", text).flatMap((given) => (given.kind === "ingress" ? [given] : []));
const topics = Map.groupBy(cases, ({ topic }) => topic);

const reports = new Map([...topics].map(([topic, ofTopic]) => [topic, reportOn(ofTopic)]));

describe.each(comparedOf.Ingress)("we agree with the controller's verdicts: %s", (measure) => {
  it.each([...reports])("topic %s", (_topic, { disagreements }) => {
    const ours = disagreements.filter((each) => each.measure === measure);
    expect(ours.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
  });
});

it("every Ingress is compared: as one that lives, or in a class apart", () => {
  const { measuresByKind } = reportOn(cases);
  const counts = Object.fromEntries(
    Object.entries(measuresByKind.Ingress).map(([name, counted]) => [name, counted.cases]),
  );
  expect(counts).toEqual({
    recall: 169,
    precision: 247,
    ownership: 438,
    "group-id": 422,
    "group-members": 422,
    "inactive-members": 415,
    outcome: 246,
    terminating: 4,
    "not-owned": 16,
    "error-not-owned": 19,
    "fault-of-others": 6,
  });
});

it("every error text is known, those of the webhook too", () => {
  const unknown = cases.flatMap((given) =>
    [...given.verdict.errors, given.verdict.webhookError ?? []]
      .flat()
      .filter((error) => readIngressError(error, given) === undefined),
  );
  expect(unknown).toEqual([]);
});

it("the cases are those that the controller was run on, byte for byte", () => {
  expect(createHash("sha256").update(text).digest("hex")).toBe(
    "a1a88540e2c0a3531a7645a2ddbd8bf11a599da740572bef2c6be3f5c4923bee",
  );
});
