import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listenersOf } from "../../src/decision/listeners.ts";
import { readCases } from "./cases.ts";
import type { ServiceCase } from "./cases.ts";
import { readError } from "./controller-errors.ts";
import { reportOn } from "./report.ts";
import { factsOf } from "./world.ts";

const text = readFileSync(join(import.meta.dirname, "services.ndjson"), "utf8");
const cases = readCases("services.ndjson", text).flatMap((given) => (given.kind === "service" ? [given] : []));
const topics = Map.groupBy(cases, ({ topic }) => topic);

describe("we agree with the controller's verdicts", () => {
  it.each([...topics])("topic %s", (_topic, ofTopic) => {
    const { disagreements } = reportOn(ofTopic);
    expect(disagreements.map(({ id, measure, reason }) => `${id}: ${measure}: ${reason}`)).toEqual([]);
  });
});

it("every Service is compared: as a LoadBalancer that lives, or in a class apart", () => {
  const { measuresByKind } = reportOn(cases);
  const counts = Object.fromEntries(
    Object.entries(measuresByKind.Service).map(([name, counted]) => [name, counted.cases]),
  );
  expect(counts).toEqual({
    recall: 234,
    precision: 350,
    ownership: 618,
    outcome: 350,
    terminating: 4,
    "other-type": 14,
    "error-not-owned": 0,
  });
});

it("every error text is known, in the classes apart too", () => {
  const unknown = cases.flatMap((given) =>
    given.verdict.errors.filter((error) => readError(error, given) === undefined),
  );
  expect(unknown).toEqual([]);
});

it("each port comes to the listener that the controller builds", () => {
  const accepted = cases.filter(
    ({ verdict, service }) => verdict.owned && verdict.errors.length === 0 && service.type === "LoadBalancer",
  );
  expect(accepted.map(ours)).toEqual(accepted.map(theirs));
});

it("the cases are those that the controller was run on, byte for byte", () => {
  expect(createHash("sha256").update(text).digest("hex")).toBe(
    "396522abe0f9ca6a4e71f7489160dfe3005819513a9011e6aa0e21ba14201ee0",
  );
});

function ours({ id, service, world }: ServiceCase): object {
  const built = listenersOf(service, factsOf(world).profile).filter(({ isLost }) => !isLost);
  return { id, listeners: built.map(({ port, protocol }) => `${port} ${protocol}`).toSorted() };
}

function theirs({ id, verdict }: ServiceCase): object {
  return { id, listeners: verdict.listeners.map(({ port, protocol }) => `${port} ${protocol}`).toSorted() };
}
