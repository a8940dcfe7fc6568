import { expect, it, onTestFinished } from "vitest";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { ApiResponse } from "../../src/kubernetes/client.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { startCanary } from "../../src/server/canary.ts";
import { eventually, patientClock } from "../support/fast-clock.ts";

const namespace = "dualstack-canary";
const poll = 250;
const settle = 2_000;
/** With random() at one half. */
const often = 300_000;

it("it waits until the webhook is ready, runs at once, and again every five minutes", async () => {
  const { canary, clock, sent, world } = start({ ready: false });
  clock.expire(0);
  expect([sent, canary.note(), canary.state]).toEqual([[], "not run yet", undefined]);

  world.ready = true;
  clock.expire(poll);
  await eventually(() => expect(canary.state).toMatchObject({ result: "proved", ok: true, at: new Date(clock.now()) }));
  expect(sent.map(({ metadata }) => metadata.name.replace(/[0-9a-f]{8}/, "ID"))).toEqual([
    "canary-ID-bad",
    "canary-ID-good",
  ]);
  clock.advance(often);
  clock.expire(often);
  await eventually(() => expect(sent).toHaveLength(4));
});

it("what has changed makes it run again soon, once for several changes, also for one while it runs", async () => {
  const { canary, clock, sent, world } = start();
  canary.changed("certificate");
  clock.expire(0);
  await eventually(() => expect(canary.state?.ok).toBe(true));
  canary.changed("certificate");
  canary.changed("policy");
  clock.expire(settle);
  await eventually(() => expect(sent).toHaveLength(4));

  await eventually(() => expect(clock.asked.filter((ms) => ms === often)).toHaveLength(2));
  world.held = true;
  clock.expire(often);
  await eventually(() => expect(sent).toHaveLength(5));
  canary.changed("certificate");
  clock.expire(settle);
  expect(sent).toHaveLength(5);
  world.release();
  await eventually(() => expect(clock.asked.filter((ms) => ms === settle)).toHaveLength(3));
  clock.expire(settle);
  await eventually(() => expect(sent).toHaveLength(8));
});

it("a failure is tried again with longer and longer pauses, is told once when it lasts, and its end is told too", async () => {
  const { canary, clock, lines, world } = start();
  world.isCalled = false;
  clock.expire(0);
  await eventually(() => expect(canary.state).toMatchObject({ result: "not-called", ok: false }));
  expect(canary.note()).toMatch(/^NOT PROVED \(not-called\) at \S+: A bad Service was admitted without a word: /);
  // An installation takes that long to be complete.
  expect(lines).toEqual([]);

  clock.advance(30_000);
  const pauses = [750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500];
  for (const [index, pause] of pauses.entries()) {
    await eventually(() => expect(clock.asked.filter((ms) => ms >= 750)).toEqual(pauses.slice(0, index + 1)));
    clock.expire(pause);
  }
  await eventually(() => expect(lines).toHaveLength(1));
  expect(lines).toMatchObject([
    { level: "error", message: "canary: it is not proved that the API server calls the webhook", result: "not-called" },
  ]);

  world.isCalled = true;
  await eventually(() => expect(clock.asked.filter((ms) => ms >= 750)).toHaveLength(8));
  clock.expire(22_500);
  await eventually(() => expect(lines).toHaveLength(2));
  expect(lines[1]).toMatchObject({ level: "info", result: "proved", why: "retry", calledHere: false });
  expect(canary.note()).toContain(" Called was another one.");

  // From the beginning, and once proved there is nothing to wait for.
  world.isCalled = false;
  clock.advance(-30_000);
  clock.expire(often);
  await eventually(() => expect(lines).toHaveLength(3));
  expect(lines[2]).toMatchObject({ level: "error", why: "time" });
  await eventually(() => expect(clock.asked.at(-1)).toBe(750));
});

it("dry runs of any replica's canary are recognised, and nothing else is", async () => {
  const { canary, clock, sent, world } = start();
  world.held = true;
  clock.expire(0);
  await eventually(() => expect(sent).toHaveLength(1));
  const own = sent[0]?.metadata.name ?? "";
  expect(canary.answered({ namespace, name: "canary-0a1b2c3d-bad", dryRun: true })).toBe(true);
  expect(canary.answered({ namespace: "shop", name: own, dryRun: true })).toBe(false);
  expect(canary.answered({ namespace, name: own, dryRun: false })).toBe(false);
  expect(canary.answered({ namespace, name: "web", dryRun: true })).toBe(false);
  expect(canary.answered({ namespace, name: own, dryRun: true })).toBe(true);
  world.release();
  await eventually(() => expect(canary.note()).toContain(" Called was this replica."));
  await eventually(() => expect(clock.asked.at(-1)).toBe(often));
  clock.expire(often);
  await eventually(() => expect(canary.note()).toContain(" Called was another one."));
});

it("once stopped it sends nothing and tells nothing", async () => {
  const { canary, clock, sent, lines, world } = start();
  world.held = true;
  clock.expire(0);
  await eventually(() => expect(sent).toHaveLength(1));
  canary.stop();
  world.release();
  await eventually(() => expect(sent).toHaveLength(2));
  canary.changed("certificate");
  clock.expire(settle);
  clock.expire(often);
  expect([sent.length, lines, canary.state]).toEqual([2, [], undefined]);
});

interface Sent {
  readonly metadata: { readonly name: string };
}

/** With an API server that refuses the bad Service, if it calls the webhook, and admits good ones. */
function start({ ready } = { ready: true }) {
  const clock = patientClock();
  const sent: Sent[] = [];
  const lines: object[] = [];
  let release = (): void => {};
  const world = {
    ready,
    isCalled: true,
    /** The next answer waits. */
    held: false,
    release: () => release(),
  };
  const tell = (level: string) => (data: object, message: string) => void lines.push({ level, message, ...data });
  const canary = startCanary({
    client: {
      async write(_method, _path, { body }) {
        const service: Sent = JSON.parse(body);
        sent.push(service);
        if (world.held) {
          world.held = false;
          await new Promise<void>((resolve) => (release = resolve));
        }
        return service.metadata.name.endsWith("-bad") && world.isCalled ? refused : answer(201, service);
      },
    },
    namespace,
    clock,
    random: () => 0.5,
    log: { info: tell("info"), error: tell("error") },
    ready: () => world.ready,
    policies: () => policySet([]),
    facts: () => ({
      namespaceLabels: {},
      profile: defaultProfile,
      install: { scope: "ClusterWide", excludedNamespaces: [], showOtherNamespaces: false },
      cluster: undefined,
    }),
  });
  onTestFinished(() => canary.stop());
  return { canary, clock, sent, lines, world };
}

const refused = answer(403, {
  message:
    'admission webhook "services.validate.dualstack.dev" denied the request: 1 problem in Service a/b:\n- unreadable-opt-out: no',
});

function answer(status: number, body: object): ApiResponse {
  return { status, body: JSON.stringify(body), retryAfterMs: undefined, warnings: [] };
}
