import { describe, expect, it, onTestFinished } from "vitest";
import type { ApiResponse } from "../../src/kubernetes/client.ts";
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
  await quiet();
  expect(sent).toHaveLength(1);
});

it("nothing is written by who does not hold the Lease", async () => {
  const { writer, sent } = written({ held: false });
  writer.check();
  await quiet();
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

it("a write is a JSON patch of the status, with the time to the second", async () => {
  const { writer, sent, calls } = written();
  writer.check();
  await eventually(() => expect(sent).toHaveLength(1));
  expect(calls).toEqual([
    "PATCH /apis/dualstack.dev/v1alpha1/loadbalancerpolicies/p/status application/json-patch+json",
  ]);
  const { conditions = [] } = statusIn(sent[0]) ?? {};
  expect(conditions.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(["2027-01-15T08:00:00Z"]);
});

describe("a status that is not what was written", () => {
  it("is written again after a second, where somebody took it away, and not sooner", async () => {
    const { writer, sent, arrive, change, clock } = written();
    writer.check();
    await eventually(() => expect(sent).toHaveLength(1));
    arrive();
    writer.check();
    await quiet();
    change("p", { status: undefined });
    clock.advance(400);
    writer.check();
    await eventually(() => expect(clock.asked).toContain(600));
    clock.advance(599);
    await quiet();
    expect(sent).toHaveLength(1);
    clock.advance(1);
    await eventually(() => expect(sent).toHaveLength(2));
  });

  it("and never was, as with a CRD that cuts it, is written again after ten minutes, but at once where it is another", async () => {
    const { writer, sent, change, results, clock } = written();
    writer.check();
    await eventually(() => expect(results).toEqual(["success"]));
    change("p", { resourceVersion: "2" });
    clock.advance(1_000);
    writer.check();
    await eventually(() => expect(clock.asked).toContain(599_000));
    expect(sent).toHaveLength(1);
    change("p", { generation: 2 });
    writer.check();
    await eventually(() => expect(sent).toHaveLength(2));
    expect(statusIn(sent[1])).toMatchObject({ observedGeneration: 2 });
    await eventually(() => expect(results).toHaveLength(2));
    clock.advance(600_000);
    writer.check();
    await eventually(() => expect(sent).toHaveLength(3));
  });

  it("is written at once for a policy that was deleted and made again", async () => {
    const { writer, sent, change, remove } = written();
    writer.check();
    await eventually(() => expect(sent).toHaveLength(1));
    remove("p");
    writer.check();
    await quiet();
    change("p", { uid: "v" });
    writer.check();
    await eventually(() => expect(sent).toHaveLength(2));
  });
});

it("each policy is looked at, and what has to wait the least says when the next look is", async () => {
  const { writer, sent, arrive, change, results, clock } = written();
  writer.check();
  await eventually(() => expect(results).toEqual(["success"]));
  arrive();
  change("q", {});
  writer.check();
  await eventually(() => expect(results).toHaveLength(2));
  change("p", { status: undefined });
  clock.advance(400);
  writer.check();
  await eventually(() => expect(clock.asked).toEqual([600]));
  expect(sent).toHaveLength(2);
});

it("nothing is written of a policy whose CRD has vanished", async () => {
  const { writer, sent } = written({ orphans: ["p"] });
  writer.check();
  await quiet();
  expect(sent).toEqual([]);
});

it("somebody else's change, or deletion, meanwhile is no failure: the watch brings it", async () => {
  const { writer, sent, change, results, said, clock } = written({ statuses: [409, 404] });
  for (const count of [1, 2, 3]) {
    change("p", { resourceVersion: String(count) });
    writer.check();
    await eventually(() => expect(sent).toHaveLength(count));
    await quiet();
  }
  expect(sent.map(([test]) => test?.value)).toEqual(["1", "2", "3"]);
  expect([results, said, clock.asked]).toEqual([["success"], [], []]);
});

it("one policy whose status is not taken does not hold up the others, and is tried again in ten minutes", async () => {
  const { writer, sent, change, results, clock } = written({ statuses: [422] });
  change("q", {});
  writer.check();
  await eventually(() => expect(results).toEqual(["failure", "success"]));
  await eventually(() => expect(clock.asked).toEqual([600_000]));
  change("q", { status: statusIn(sent[1]) });
  clock.advance(599_999);
  writer.check();
  await quiet();
  expect(sent).toHaveLength(2);
  clock.advance(1);
  writer.check();
  await eventually(() => expect(results).toEqual(["failure", "success", "success"]));
});

it("where no write is allowed, the others wait, however often policies change, and pauses grow until one is", async () => {
  const { writer, sent, change, said, results, clock } = written({ statuses: [403, 403, 200, 200, 403] });
  change("q", {});
  writer.check();
  await eventually(() => expect(clock.asked).toContain(750));
  writer.check();
  clock.advance(749);
  writer.check();
  await quiet();
  expect([sent.length, clock.running()]).toEqual([1, 1]);
  clock.advance(1);
  await eventually(() => expect(clock.asked).toContain(1_500));
  expect(sent).toHaveLength(2);
  clock.advance(1_500);
  await eventually(() => expect(results).toEqual(["failure", "failure", "success", "success"]));
  expect(said).toHaveLength(2);

  const before = clock.asked.length;
  change("p", { generation: 2 });
  writer.check();
  await eventually(() => expect(said).toHaveLength(3));
  await eventually(() => expect(clock.asked.slice(before)).toContain(750));
  expect(said[0]).toBe(said[2]);
});

it("who loses the Lease between two writes leaves the second to another", async () => {
  const { writer, sent, change, lease, gate } = written();
  change("q", {});
  const release = gate();
  writer.check();
  await eventually(() => expect(sent).toHaveLength(1));
  lease.held = false;
  release();
  await quiet();
  expect(sent).toHaveLength(1);
  lease.held = true;
  writer.check();
  await eventually(() => expect(sent).toHaveLength(2));
});

it("a change during a write is written after it, and not beside it", async () => {
  const { writer, sent, change, gate } = written();
  const release = gate();
  writer.check();
  await eventually(() => expect(sent).toHaveLength(1));
  change("p", { generation: 2 });
  writer.check();
  await quiet();
  expect(sent).toHaveLength(1);
  release();
  await eventually(() => expect(sent).toHaveLength(2));
  expect(statusIn(sent[1])).toMatchObject({ observedGeneration: 2 });
});

describe("once it is stopped", () => {
  it("nothing more is written, and what was under way is ended and no failure", async () => {
    const { writer, sent, change, results, said, clock, gate, signals } = written();
    change("q", {});
    const release = gate(new Error("aborted"));
    writer.check();
    await eventually(() => expect(sent).toHaveLength(1));
    writer.stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    release();
    await quiet();
    writer.check();
    await quiet();
    expect([sent.length, results, said, clock.asked]).toEqual([1, [], [], []]);
  });

  it("nor what would have come next", async () => {
    const { writer, sent, change, gate } = written();
    change("q", {});
    const release = gate();
    writer.check();
    await eventually(() => expect(sent).toHaveLength(1));
    writer.stop();
    release();
    await quiet();
    expect(sent).toHaveLength(1);
  });

  it("what failed before is not tried again", async () => {
    const { writer, sent, clock } = written({ statuses: [403] });
    writer.check();
    await eventually(() => expect(clock.asked).toEqual([750]));
    writer.stop();
    expect(clock.running()).toBe(0);
    clock.advance(60_000);
    await quiet();
    expect(sent).toHaveLength(1);
  });
});

interface Operation {
  readonly value: unknown;
}

interface WrittenOptions {
  readonly held?: boolean;
  readonly statuses?: number[];
  readonly orphans?: readonly string[];
}

function written({ held = true, statuses = [], orphans = [] }: WrittenOptions = {}) {
  const blank = { uid: "u", generation: 1, resourceVersion: "1", spec: {}, status: undefined };
  const objects = new Map<string, PolicyObject>([["p", { name: "p", ...blank }]]);
  const sent: Operation[][] = [];
  const calls: string[] = [];
  const signals: AbortSignal[] = [];
  const said: string[] = [];
  const results: string[] = [];
  const lease = { held };
  let heldUp: Promise<void> = Promise.resolve();
  const tell = (_: object, message: string): void => void said.push(message);
  const clock = countingClock();
  const writer = writePolicyStatus({
    client: {
      async write(method, path, { body, contentType, signal }): Promise<ApiResponse> {
        sent.push(JSON.parse(body));
        calls.push(`${method} ${path} ${contentType}`);
        if (signal !== undefined) signals.push(signal);
        const status = statuses.shift() ?? 200;
        await heldUp;
        return { status, body: "{}", retryAfterMs: undefined, warnings: [] };
      },
    },
    clock,
    random: () => 0.5,
    log: { info: tell, warn: tell, error: tell },
    policies: () => ({
      standings: new Map([...objects].map(([name, object]) => [name, standingOf(object, undefined)])),
      isOrphan: (name) => orphans.includes(name),
    }),
    lease,
    knownRules: [],
    onWrite: (result) => void results.push(result),
  });
  onTestFinished(() => writer.stop());
  const change = (name: string, fields: Partial<PolicyObject>): void =>
    void objects.set(name, { ...(objects.get(name) ?? { name, ...blank }), ...fields });
  return {
    writer,
    sent,
    calls,
    signals,
    said,
    results,
    lease,
    clock,
    change,
    remove: (name: string) => void objects.delete(name),
    arrive: () => change("p", { resourceVersion: "2", status: statusIn(sent[0]) }),
    /** Holds up each write from now on, until what it gives is called. */
    gate: (failure?: Error) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      promise.catch(() => undefined);
      heldUp = promise;
      return () => (failure === undefined ? resolve() : reject(failure));
    },
  };
}

function statusIn(patch: readonly Operation[] | undefined): PolicyObject["status"] {
  return patch?.[1]?.value as PolicyObject["status"];
}

/** One that can also say how many timers are running. */
function countingClock() {
  const clock = fastClock();
  let running = 0;
  return {
    ...clock,
    running: () => running,
    setTimeout(callback: () => void, ms: number) {
      running += 1;
      let ended = false;
      const end = (): void => {
        if (!ended) running -= 1;
        ended = true;
      };
      const timer = clock.setTimeout(() => {
        end();
        callback();
      }, ms);
      return {
        cancel() {
          end();
          timer.cancel();
        },
        unref: () => timer.unref(),
      };
    },
  };
}

/** Time enough for what would be wrong to happen. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
