import { ApiFailure, describeError, statusFailure } from "./api-failure.ts";
import type { FailureReason } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { asObject, listResource, metadataAccept, parseObject, textOf } from "./list.ts";
import { policiesPath, policyCrdPath, policyResource } from "./policy-api.ts";
import { restartPolicy } from "./restart-policy.ts";
import type { WatchLog } from "./watch.ts";

/** Finds out why policies that are in force are no longer listed. */
export interface MissingPolicies {
  /** Something has changed. */
  check(): void;
  stop(): void;
}

interface MissingOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: WatchLog;
  /** Those that are missing at this moment. */
  readonly names: () => readonly string[];
  /** Those of them that somebody deleted. */
  readonly onDeleted: (names: readonly string[]) => void;
}

/** While the CRD is away. Half of it is jitter. */
const lookAgainMs = 10_000;
const pageSize = 500;

/**
 * The API server deletes a CRD's objects before the CRD, and each of them looks like one that somebody deleted. Before it
 * does, it marks the CRD (apiextensions-apiserver pkg/controller/finalizer/crd_finalizer.go), so that who then reads the CRD
 * knows. A policy is deleted where the CRD is in order and does not list it any more.
 */
export function missingPolicies(options: MissingOptions): MissingPolicies {
  const { client, clock, random, log, names, onDeleted } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const warned = new Set<FailureReason>();
  let retries = restartPolicy(random);
  let isLooking = false;
  let changedMeanwhile = false;
  let isAwayTold = false;
  let cancel = (): void => undefined;

  function check(): void {
    changedMeanwhile = true;
    if (!isLooking) void look();
  }

  async function look(): Promise<void> {
    cancel();
    isLooking = true;
    let pauseMs = 0;
    while (changedMeanwhile && names().length > 0 && !signal.aborted) {
      changedMeanwhile = false;
      pauseMs = await attempt();
    }
    isLooking = false;
    if (names().length === 0) isAwayTold = false;
    else if (!signal.aborted) {
      const timer = clock.setTimeout(check, pauseMs);
      timer.unref();
      cancel = () => timer.cancel();
    }
  }

  /** Gives the pause before the next attempt, where one is needed. */
  async function attempt(): Promise<number> {
    try {
      const existing = (await isCrdAway()) ? undefined : await existingNames();
      retries = restartPolicy(random);
      const deleted = existing === undefined ? [] : names().filter((name) => !existing.has(name));
      if (existing === undefined) tellAway();
      if (deleted.length > 0) onDeleted(deleted);
      return lookAgainMs / 2 + (random() * lookAgainMs) / 2;
    } catch (error) {
      const failure =
        error instanceof ApiFailure ? error : new ApiFailure("bug", describeError(error), { cause: error });
      const { pauseMs } = retries.after(failure, { livedMs: 0, heardSomething: false });
      if (!signal.aborted && !warned.has(failure.reason)) {
        warned.add(failure.reason);
        const data = { reason: failure.reason, problem: failure.message, policies: names() };
        log.warn(data, "it cannot be found out whether policies were deleted: they stay in force until it can");
      }
      return pauseMs;
    }
  }

  async function isCrdAway(): Promise<boolean> {
    const { status, body, retryAfterMs } = await client.get(policyCrdPath, { signal });
    if (status === 200) {
      const crd = parseObject(body, `GET ${policyCrdPath}`);
      return asObject(crd["metadata"], "metadata")["deletionTimestamp"] !== undefined;
    }
    const failure = statusFailure(status, `GET ${policyCrdPath}`, body, retryAfterMs);
    if (failure.reason === "not-found") return true;
    if (failure.reason !== "forbidden") throw failure;
    if (!warned.has("forbidden")) {
      warned.add("forbidden");
      const sentence = "allow get on this CRD: otherwise policies that go with their CRD look like deleted ones";
      log.warn({ crd: policyResource, problem: failure.message }, sentence);
    }
    return false;
  }

  /** undefined: there is no such collection. */
  async function existingNames(): Promise<ReadonlySet<string> | undefined> {
    const found = new Set<string>();
    try {
      await listResource({
        client,
        path: policiesPath,
        accept: metadataAccept.list,
        pageSize,
        signal,
        onItem: (item) => found.add(textOf(asObject(item["metadata"], "metadata")["name"], "metadata.name")),
      });
      return found;
    } catch (error) {
      if (error instanceof ApiFailure && error.reason === "not-found") return undefined;
      throw error;
    }
  }

  function tellAway(): void {
    if (isAwayTold) return;
    isAwayTold = true;
    const data = { crd: policyResource, policies: names() };
    log.warn(data, "the CRD has vanished or is being deleted: its policies stay in force as they were");
  }

  return {
    check,
    stop() {
      stopping.abort();
      cancel();
    },
  };
}
