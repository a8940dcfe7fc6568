import { randomBytes } from "node:crypto";
import type { Facts } from "../decision/facts.ts";
import type { Review } from "../kubernetes/admission-review.ts";
import { describeError } from "../kubernetes/api-failure.ts";
import { probeWebhook } from "../kubernetes/canary-probe.ts";
import type { CanaryOutcome, CanaryResult } from "../kubernetes/canary-probe.ts";
import type { ApiClient } from "../kubernetes/client.ts";
import type { Clock } from "../kubernetes/clock.ts";
import { restartPolicy } from "../kubernetes/restart-policy.ts";
import type { PolicySet } from "../policy/resolve.ts";

/** The last run that has ended. */
export interface CanaryState {
  readonly result: CanaryResult;
  readonly ok: boolean;
  readonly at: Date;
}

/**
 * Proves from time to time that the API server calls the webhook and is answered as it should be. It takes no part in any
 * request, does not hold up readiness, and does not keep the process alive.
 */
export interface Canary {
  /** undefined: no run has ended yet. */
  readonly state: CanaryState | undefined;
  /** For /readyz?verbose. It never counts: what is wrong is wrong for all replicas, and taking them away helps nobody. */
  note(): string;
  /** Something has changed that calls may depend on: runs again soon. */
  changed(why: string): void;
  /** Notes a review that was answered here. true: it is a dry run of some replica's canary, which says nothing of the cluster's users. */
  answered(review: Pick<Review, "namespace" | "name" | "dryRun">): boolean;
  stop(): void;
}

interface CanaryOptions {
  readonly client: Pick<ApiClient, "write">;
  readonly namespace: string;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: CanaryLog;
  /** The API server calls nobody before: the first run waits for it. */
  readonly ready: () => boolean;
  readonly policies: () => PolicySet;
  /** undefined: the canary's namespace is not known. */
  readonly facts: () => Facts | undefined;
}

interface CanaryLog {
  info(data: object, message: string): void;
  error(data: object, message: string): void;
}

const readyPollMs = 250;
/** For other replicas to notice the same change. */
const settleMs = 2_000;
/** Somebody may change the webhook configurations, which we have no right to read. A fifth more or less, so that replicas spread. */
const everyMs = 300_000;
/** After an installation endpoints take some seconds to reach the API server: until then a failure is no news. */
const graceMs = 30_000;

export function startCanary(options: CanaryOptions): Canary {
  const { client, namespace, clock, random, log, ready, policies, facts } = options;
  const id = `canary-${randomBytes(4).toString("hex")}`;
  const stopping = new AbortController();
  const { signal } = stopping;
  const startedAt = clock.elapsed();
  let retries = restartPolicy(random);
  let state: (CanaryState & CanaryOutcome & { readonly calledHere: boolean }) | undefined;
  let told: string | undefined;
  let running = false;
  let again: string | undefined;
  let seenHere = false;
  let cancel: () => void = () => {};

  function later(ms: number, work: () => void): void {
    cancel();
    const timer = clock.setTimeout(work, ms);
    timer.unref();
    cancel = () => timer.cancel();
  }

  function whenReady(): void {
    if (ready()) void run("start");
    else later(readyPollMs, whenReady);
  }

  async function run(why: string): Promise<void> {
    running = true;
    again = undefined;
    seenHere = false;
    const outcome = await attempt();
    running = false;
    if (signal.aborted) return;
    state = { ...outcome, at: new Date(clock.now()), calledHere: seenHere };
    tell(outcome, why);
    if (outcome.ok) retries = restartPolicy(random);
    if (again !== undefined) changed(again);
    else if (outcome.ok) later(everyMs * (0.8 + 0.4 * random()), () => void run("time"));
    else later(retries.after(undefined, { livedMs: 0, heardSomething: false }).pauseMs, () => void run("retry"));
  }

  async function attempt(): Promise<CanaryOutcome> {
    try {
      return await probeWebhook({ client, namespace, id, policies: policies(), facts: facts(), signal });
    } catch (error) {
      return { result: "unreachable", ok: false, message: `The canary failed: ${describeError(error)}` };
    }
  }

  /** Once for each change of what is found. */
  function tell({ result, ok, message }: CanaryOutcome, why: string): void {
    const before = told;
    if (result === before) return;
    const fields = { result, why, namespace, problem: ok ? undefined : message };
    if (ok) {
      told = result;
      log.info({ ...fields, finding: message, calledHere: seenHere }, "canary: the API server calls the webhook");
    } else if (before !== undefined || clock.elapsed() - startedAt >= graceMs) {
      told = result;
      log.error(fields, "canary: it is not proved that the API server calls the webhook");
    }
  }

  function changed(why: string): void {
    if (running) again = why;
    else if (state !== undefined) later(settleMs, () => void run(why));
  }

  later(0, whenReady);
  return {
    get state() {
      return state;
    },
    note() {
      if (state === undefined) return "not run yet";
      const { ok, result, message, at, calledHere } = state;
      if (!ok) return `NOT PROVED (${result}) at ${at.toISOString()}: ${message}`;
      return `${result} at ${at.toISOString()}: ${message} Called was ${calledHere ? "this replica" : "another one"}.`;
    },
    changed,
    answered(review) {
      if (!review.dryRun || review.namespace !== namespace || !/^canary-[0-9a-f]{8}-/.test(review.name)) return false;
      if (review.name.startsWith(id)) seenHere = true;
      return true;
    },
    stop() {
      stopping.abort();
      cancel();
    },
  };
}
