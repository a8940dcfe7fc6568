import { isDeepStrictEqual } from "node:util";
import { statusFor } from "../policy/acceptance.ts";
import type { Standing } from "../policy/standing.ts";
import type { PolicyStatus } from "../policy/status.ts";
import { ApiFailure, describeError, statusFailure } from "./api-failure.ts";
import type { FailureReason } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Lease } from "./lease.ts";
import type { LivePolicies } from "./live-policies.ts";
import { policyStatusPath } from "./policy-api.ts";
import { restartPolicy } from "./restart-policy.ts";
import type { WatchLog } from "./watch.ts";

/** Writes into each policy's status what became of it. Nothing else depends on it. */
export interface PolicyStatusWriter {
  /** Policies have changed, or this replica writes from now on. */
  check(): void;
  stop(): void;
}

interface PolicyStatusOptions {
  readonly client: Pick<ApiClient, "write">;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: WatchLog;
  readonly policies: () => Pick<LivePolicies, "standings" | "isOrphan">;
  /** Of several replicas one writes. */
  readonly lease: Pick<Lease, "held">;
  /** Ids of the rules that there are. */
  readonly knownRules: readonly string[];
  readonly onWrite?: (result: "success" | "failure") => void;
}

/** A status that is there again a moment after we wrote it is somebody else's doing, who need not be outrun. */
const sameAgainMs = 1_000;
/** A status that never becomes what we write is cut by another version of the CRD: it will not be with the next attempt either. */
const inVainMs = 600_000;

interface Written {
  readonly status: PolicyStatus;
  readonly atMs: number;
  /** It was there to be read. */
  hasArrived: boolean;
}

export function writePolicyStatus(options: PolicyStatusOptions): PolicyStatusWriter {
  const { client, clock, random, log, policies, lease, knownRules, onWrite } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const written = new Map<string, Written>();
  let retries = restartPolicy(random);
  let problem: FailureReason | undefined;
  let notBeforeMs = 0;
  let isWriting = false;
  let changedMeanwhile = false;
  let cancel = (): void => undefined;

  function check(): void {
    changedMeanwhile = true;
    if (!isWriting) void work();
  }

  async function work(): Promise<void> {
    isWriting = true;
    cancel();
    let pauseMs: number | undefined;
    while (changedMeanwhile && lease.held && !signal.aborted && clock.elapsed() >= notBeforeMs) {
      changedMeanwhile = false;
      pauseMs = await round();
    }
    isWriting = false;
    // What failed is not tried again by each event that happens meanwhile.
    const leftMs = notBeforeMs - clock.elapsed();
    if (leftMs > 0) pauseMs = leftMs;
    if (pauseMs === undefined || signal.aborted) return;
    const timer = clock.setTimeout(check, pauseMs);
    timer.unref();
    cancel = () => timer.cancel();
  }

  /** Gives the pause before the next one, where something is left to be written. */
  async function round(): Promise<number | undefined> {
    const { standings, isOrphan } = policies();
    let nextMs: number | undefined;
    for (const name of written.keys()) if (!standings.has(name)) written.delete(name);
    // Each is looked up in its turn: policies come and go meanwhile.
    for (const name of standings.keys()) {
      const standing = standings.get(name);
      if (standing === undefined || isOrphan(name)) continue;
      const now = `${new Date(clock.now()).toISOString().slice(0, -5)}Z`;
      const status = statusFor(standing, { knownRules, now });
      const waitMs = waitBefore(name, standing, status);
      if (waitMs === "nothing to do") continue;
      if (waitMs > 0) {
        nextMs = Math.min(nextMs ?? waitMs, waitMs);
        continue;
      }
      // Asked before each write: a write takes its time.
      if (!lease.held || signal.aborted) return undefined;
      try {
        await write(standing, status);
      } catch (error) {
        const failure = asFailure(error);
        const pauseMs = failed(failure);
        if (failure.reason !== "unexpected-status") {
          notBeforeMs = clock.elapsed() + pauseMs;
          return pauseMs;
        }
        // It is this status that is not taken, and not all of them.
        written.set(name, { status, atMs: clock.elapsed(), hasArrived: false });
        nextMs = Math.min(nextMs ?? inVainMs, inVainMs);
      }
    }
    return nextMs;
  }

  function waitBefore(name: string, { object }: Standing, status: PolicyStatus): number | "nothing to do" {
    const last = written.get(name);
    if (isDeepStrictEqual(object.status, status)) {
      if (last !== undefined) last.hasArrived = true;
      return "nothing to do";
    }
    if (last === undefined || !isSameButForTime(last.status, status)) return 0;
    const pauseMs = last.hasArrived ? sameAgainMs : inVainMs;
    return Math.max(0, last.atMs + pauseMs - clock.elapsed());
  }

  /** By a JSON patch, since a merge would keep fields of an earlier spec. */
  async function write({ object }: Standing, status: PolicyStatus): Promise<void> {
    const path = policyStatusPath(object.name);
    const body = JSON.stringify([
      // Whoever has changed the policy meanwhile is not overwritten: the answer is a conflict, and the watch brings the news.
      { op: "replace", path: "/metadata/resourceVersion", value: object.resourceVersion },
      { op: "add", path: "/status", value: status },
    ]);
    const answer = await client.write("PATCH", path, { body, contentType: "application/json-patch+json", signal });
    if (answer.status === 409 || answer.status === 404) return;
    if (answer.status !== 200) throw statusFailure(answer.status, `PATCH ${path}`, answer.body, answer.retryAfterMs);
    written.set(object.name, { status, atMs: clock.elapsed(), hasArrived: false });
    onWrite?.("success");
    if (problem !== undefined) log.info({}, "the status of policies can be written again");
    problem = undefined;
    retries = restartPolicy(random);
  }

  /** Gives the pause before the next attempt. */
  function failed(failure: ApiFailure): number {
    const { reason, message } = failure;
    if (!signal.aborted) onWrite?.("failure");
    if (problem !== reason && !signal.aborted) {
      const said = "the status of a policy cannot be written: what is in force does not depend on it";
      log.warn({ reason, problem: message }, said);
    }
    problem = reason;
    return retries.after(failure, { livedMs: 0, heardSomething: false }).pauseMs;
  }

  return {
    check,
    stop() {
      stopping.abort();
      cancel();
    },
  };
}

function asFailure(error: unknown): ApiFailure {
  return error instanceof ApiFailure ? error : new ApiFailure("bug", describeError(error), { cause: error });
}

function isSameButForTime(one: PolicyStatus, other: PolicyStatus): boolean {
  return isDeepStrictEqual(timeless(one), timeless(other));
}

function timeless(status: PolicyStatus): object {
  return { ...status, conditions: status.conditions?.map((condition) => ({ ...condition, lastTransitionTime: "" })) };
}
