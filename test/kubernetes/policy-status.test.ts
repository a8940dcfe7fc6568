import { expect, it, onTestFinished } from "vitest";
import { writePolicyStatus } from "../../src/kubernetes/policy-status.ts";
import { standingOf } from "../../src/policy/standing.ts";
import type { PolicyObject } from "../../src/policy/standing.ts";
import { eventually, fastClock } from "../support/fast-clock.ts";

it("a status is written once, and again only where it differs", async () => {
  const { writer, sent, arrive } = written();
  writer.check();
  await eventually(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject([
    { op: "replace", path: "/metadata/resourceVersion", value: "1" },
    { op: "add", path: "/status", value: { observedGeneration: 1, inForce: { generation: 1, spec: {} } } },
  ]);
  arrive();
  writer.check();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent).toHaveLength(1);
});

it("nothing is written by who does not hold the Lease", async () => {
  const { writer, sent } = written({ held: false });
  writer.check();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent).toEqual([]);
});

it("what is refused is tried again, said once, and told when it works", async () => {
  const { writer, sent, said, results, clock } = written({ statuses: [403, 403] });
  writer.check();
  await eventually(() => {
    clock.advance(60_000);
    expect(sent).toHaveLength(3);
  });
  await eventually(() => expect(said).toHaveLength(2));
  expect(results).toEqual(["failure", "failure", "success"]);
});

function written({ held = true, statuses = [] }: { held?: boolean; statuses?: number[] } = {}) {
  let object: PolicyObject = { name: "p", uid: "u", generation: 1, resourceVersion: "1", spec: {}, status: undefined };
  const sent: { value: unknown }[][] = [];
  const said: string[] = [];
  const results: string[] = [];
  const tell = (_: object, message: string): void => void said.push(message);
  const clock = fastClock();
  const writer = writePolicyStatus({
    client: {
      write(_method, _path, { body }) {
        sent.push(JSON.parse(body));
        return Promise.resolve({ status: statuses.shift() ?? 200, body: "{}", retryAfterMs: undefined, warnings: [] });
      },
    },
    clock,
    random: () => 0.5,
    log: { info: tell, warn: tell, error: tell },
    policies: () => ({ standings: new Map([["p", standingOf(object, undefined)]]), isOrphan: () => false }),
    lease: { held },
    knownRules: [],
    onWrite: (result) => void results.push(result),
  });
  onTestFinished(() => writer.stop());
  const arrive = (): void => {
    object = { ...object, resourceVersion: "2", status: sent[0]?.[1]?.value as PolicyObject["status"] };
  };
  return { writer, sent, said, results, arrive, clock };
}
