/** The real program while more is asked of it than it can do. */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { call, openCaller, requestOf } from "../../support/caller.ts";
import type { Answer, Caller } from "../../support/caller.ts";
import { startServing } from "../../support/serving-program.ts";
import type { ServingProgram } from "../../support/serving-program.ts";
import { rawService } from "../../support/subjects.ts";
import { reviewOf } from "../../support/webhook-app.ts";

const within = { timeout: 60_000, interval: 100 };
const usual = requestOf("/mutate?timeout=30s", reviewOf(rawService({})));
/** Just below what counts as a large body. */
const fat = requestWith(60_000);
const large = requestWith(8 * 1024 * 1024 - 2000);
/** What the Deployment allows. */
const mostMiB = 512;
const most = 300;
const callerCount = 400;

describe.runIf(existsSync("/proc/self/status"))("a flood", { timeout: 180_000 }, () => {
  it("of 400 callers who are slow, with large bodies beside: memory is bounded, nobody is lost, and it recovers", async () => {
    const program = await ready(`--max-in-flight=${most}`);
    const callers = await Promise.all(Array.from({ length: callerCount }, () => openCaller(program.port)));
    for (const { send } of callers) send(usual.slice(0, -1));
    await expect.poll(() => program.metric("dualstack_admission_in_flight"), within).toBe(callerCount);

    // Everybody else is asked to come again, whatever they bring, and the probes answer.
    const others = await Promise.all([usual, fat, large, large, large].map((request) => call(program.port, request)));
    for (const answer of others) expectLater(answer);
    expect(await program.ask("/livez")).toEqual([200, "ok"]);
    expect(await program.ask("/readyz")).toEqual([200, "ok"]);
    expect(await shedIn(program)).toBe(5);

    for (const { send } of callers) send(usual.slice(-1));
    const answers = await Promise.all(callers.map(({ answer }) => answer()));
    const refused = answers.filter(({ status }) => status !== 200);
    // On a busy machine the event loop may have been behind, too.
    expect(refused.length).toBeGreaterThanOrEqual(callerCount - most);
    for (const answer of refused) expectLater(answer);

    for (const { send } of callers) send(usual);
    const again = await Promise.all(callers.map(({ answer }) => answer()));
    for (const answer of again) if (answer.status !== 200) expectLater(answer);
    expect(again.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    await expect.poll(async () => (await call(program.port, large)).status, within).toBe(200);
    expect(mostMemory(program.pid)).toBeLessThan(mostMiB);
    expect(program.stdout().match(/"msg":"overloaded: [^"]*"/g)?.length).toBeLessThan(40);
  });

  it("of 600 callers with 60 KB each: memory is bounded, nobody is lost, and it recovers", async () => {
    const program = await ready();
    const callers = await Promise.all(Array.from({ length: 600 }, () => openCaller(program.port)));
    for (let round = 0; round < 2; round += 1) {
      for (const { send } of callers) send(fat.slice(0, -1));
      await expect.poll(() => program.metric("dualstack_admission_in_flight"), within).toBe(600);
      for (const { send } of callers) send(fat.slice(-1));
      const answers = await Promise.all(callers.map(({ answer }) => answer()));
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.length).toBeGreaterThan(300);
      expect(refused.length).toBeLessThan(600);
      for (const answer of refused) expectLater(answer);
    }
    expect(await program.metric('dualstack_admission_shed_total{reason="body-bytes"}')).toBeGreaterThan(0);
    await expect.poll(async () => (await call(program.port, fat)).status, within).toBe(200);
    expect(mostMemory(program.pid)).toBeLessThan(mostMiB);
  });
});

it(
  "an event loop that is behind lets few in, and all of them once it has caught up",
  { timeout: 180_000 },
  async () => {
    const program = await ready("--max-in-flight=100");
    const callers = await Promise.all(Array.from({ length: 60 }, () => openCaller(program.port)));
    const statuses = new Set<number>();
    let stopping = false;
    const keepAsking = async ({ send, answer }: Caller): Promise<void> => {
      while (!stopping) {
        send(usual);
        const got = await answer();
        statuses.add(got.status);
        if (got.status !== 200) expectLater(got);
      }
    };
    const asking = Promise.all(callers.map(keepAsking));
    const shed = () => program.metric('dualstack_admission_shed_total{reason="lag"}');
    // As a node without time for us would.
    const starve = async (): Promise<void> => {
      while (!stopping) {
        program.signal("SIGSTOP");
        await sleep(600);
        program.signal("SIGCONT");
        await sleep(100);
      }
    };
    const starving = starve();
    try {
      await expect.poll(shed, within).toBeGreaterThan(0);
    } finally {
      stopping = true;
      await Promise.all([starving, asking]);
    }
    expect(statuses).toEqual(new Set([200, 503]));

    const together = async (): Promise<readonly number[]> => {
      for (const { send } of callers) send(usual);
      return Promise.all(callers.map(async ({ answer }) => (await answer()).status));
    };
    await expect.poll(together, within).not.toContain(503);
  },
);

async function ready(...flags: readonly string[]): Promise<ServingProgram> {
  const program = await startServing(flags);
  await expect.poll(() => program.ask("/readyz"), within).toEqual([200, "ok"]);
  return program;
}

/** As the API server understands it: it asks again. */
function expectLater({ status, head, body }: Answer): void {
  expect(status).toBe(503);
  expect(head).toContain("\nretry-after: 1\r\n");
  expect(head).not.toContain("\nconnection: close\r\n");
  expect(JSON.parse(body)).toMatchObject({
    kind: "Status",
    code: 503,
    reason: "ServiceUnavailable",
    message: expect.stringMatching(/^too many .*: try again$/),
  });
}

/** What was asked to come again, for whatever reason. */
async function shedIn(program: ServingProgram): Promise<number> {
  const counts = await Promise.all(
    ["in-flight", "body-bytes", "lag"].map((reason) =>
      program.metric(`dualstack_admission_shed_total{reason="${reason}"}`),
    ),
  );
  return counts.reduce<number>((sum, count) => sum + (count ?? Number.NaN), 0);
}

function requestWith(bytes: number): string {
  return requestOf("/mutate?timeout=30s", reviewOf(rawService({ annotations: { filler: "x".repeat(bytes) } })));
}

/** In MiB, so far. */
function mostMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
