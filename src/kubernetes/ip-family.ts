import type { IpFamily } from "../decision/facts.ts";
import { ApiFailure, describeError, statusFailure } from "./api-failure.ts";
import type { FailureReason } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { asObject, parseObject } from "./list.ts";
import { restartPolicy } from "./restart-policy.ts";
import type { WatchLog } from "./watch.ts";

export interface FamilyDetection {
  /** The first read has ended, well or not. */
  readonly attempted: boolean;
  stop(): void;
}

interface DetectionOptions {
  readonly client: Pick<ApiClient, "get">;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: WatchLog;
  /** Called at most once. */
  readonly onKnown: (families: readonly IpFamily[]) => void;
}

/** The API server makes this Service at the first address of its range, and no later. */
const path = "/api/v1/namespaces/default/services/kubernetes";
/** Readiness waits for the first read. */
const readMs = 1_000;

/**
 * Reads the families of the Service default/kubernetes until they are known. They are those that it was created with: it
 * has one, the first of the cluster, also where Services may have two (kubernetesservice/controller.go:225-238), and
 * what it has first never changes.
 */
export function detectFamilies({ client, clock, random, log, onKnown }: DetectionOptions): FamilyDetection {
  const stopping = new AbortController();
  const { signal } = stopping;
  const retries = restartPolicy(random);
  const warned = new Set<FailureReason>();
  let attempted = false;

  async function attempt(): Promise<void> {
    try {
      const families = await readFamilies(client, signal);
      onKnown(families);
      log.info({ path, ipFamilies: families }, "first IP family of the cluster known");
    } catch (error) {
      if (!signal.aborted) tryLater(asFailure(error));
    }
    attempted = true;
  }

  function tryLater(failure: ApiFailure): void {
    const { reason, message } = failure;
    const { pauseMs } = retries.after(failure, { livedMs: 0, heardSomething: false });
    // What stands in the way may never be mended, and is no reason for a line each half minute.
    if (!warned.has(reason)) log.warn({ path, reason, problem: message }, remedyFor(reason));
    warned.add(reason);
    // After stop the signal keeps it from sending anything.
    clock.setTimeout(() => void attempt(), pauseMs).unref();
  }

  void attempt();
  return {
    get attempted() {
      return attempted;
    },
    stop: () => stopping.abort(),
  };
}

async function readFamilies(client: Pick<ApiClient, "get">, signal: AbortSignal): Promise<readonly IpFamily[]> {
  const about = `GET ${path}`;
  const answer = await client.get(path, { signal, timeoutMs: readMs });
  if (answer.status !== 200) throw statusFailure(answer.status, about, answer.body, answer.retryAfterMs);
  const spec = asObject(parseObject(answer.body, about)["spec"], `${about}: spec`);
  return familiesIn(spec["ipFamilies"], `${about}: spec.ipFamilies`);
}

function familiesIn(value: unknown, about: string): readonly IpFamily[] {
  const families: readonly unknown[] = Array.isArray(value) ? value : [];
  const known = families.filter((family) => family === "IPv4" || family === "IPv6");
  if (known.length === 0 || known.length < families.length || new Set(known).size < known.length) {
    throw new ApiFailure("unreadable", `${about}: not IPv4, IPv6 or both`);
  }
  return known;
}

function asFailure(error: unknown): ApiFailure {
  return error instanceof ApiFailure ? error : new ApiFailure("bug", describeError(error), { cause: error });
}

function remedyFor(reason: FailureReason): string {
  return reason === "forbidden"
    ? "IP family of the cluster not known: allow get on the Service kubernetes in the namespace default, or say it with --ip-family"
    : "IP family of the cluster not known, and looked for again: where this does not pass, say it with --ip-family";
}
