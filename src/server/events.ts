import { hostname } from "node:os";
import { describeError, statusFailure } from "../kubernetes/api-failure.ts";
import type { ApiClient } from "../kubernetes/client.ts";
import type { Clock } from "../kubernetes/clock.ts";
import type { Answered } from "./admission.ts";
import type { Metrics } from "./metrics.ts";
import { occurrenceOf } from "./occurrence.ts";
import type { Occurrence } from "./occurrence.ts";

export interface Events {
  readonly answered: (answered: Answered) => void;
  readonly stop: () => void;
}

export interface EventsOptions {
  readonly client: Pick<ApiClient, "write">;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "event">;
  readonly log: { warn(data: object, message: string): void };
}

/** A controller that is refused tries again and again: the same Event is written once in this time. */
const repeatAfterMs = 10 * 60_000;
/** Of so many is remembered when they were written. */
const mostRemembered = 1000;
/** Wait while one is written; the API server and its etcd have better things to keep than these. */
const mostWaiting = 100;
/** As many may come at once, and then one in each such time. */
const burst = 25;
const refillMs = 2000;
const complainEveryMs = 5 * 60_000;

/**
 * Writes Kubernetes Events into the namespaces of objects, one after the other and aside from all requests. They are a courtesy:
 * what is too many or cannot be written is counted and forgotten.
 */
export function startEvents({ client, clock, metrics, log }: EventsOptions): Events {
  const lastWritten = new Map<string, number>();
  const waiting: Occurrence[] = [];
  const aborting = new AbortController();
  let isWriting = false;
  let allowance = burst;
  let refilledAt = clock.elapsed();
  let complainAt = -Infinity;

  function isRepeated(occurrence: Occurrence): boolean {
    const { reason, note, regarding } = occurrence;
    const key = JSON.stringify([reason, note, regarding.kind, regarding.namespace, regarding.name]);
    const before = lastWritten.get(key);
    if (before !== undefined && clock.elapsed() - before < repeatAfterMs) return true;
    // Set anew, so that the map's order is that of age.
    lastWritten.delete(key);
    lastWritten.set(key, clock.elapsed());
    const [oldest] = lastWritten.keys();
    if (lastWritten.size > mostRemembered && oldest !== undefined) lastWritten.delete(oldest);
    return false;
  }

  function isTooMany(): boolean {
    const due = Math.floor((clock.elapsed() - refilledAt) / refillMs);
    allowance = Math.min(burst, allowance + due);
    refilledAt += due * refillMs;
    if (allowance === 0 || waiting.length >= mostWaiting) return true;
    allowance -= 1;
    return false;
  }

  async function writeAll(): Promise<void> {
    isWriting = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const problem = await write(next).catch(describeError);
      if (aborting.signal.aborted) return;
      metrics.event(problem === undefined ? "written" : "failed");
      if (problem !== undefined) complain(problem);
    }
    isWriting = false;
  }

  /** Why it could not be written, or undefined. */
  async function write(occurrence: Occurrence): Promise<string | undefined> {
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(occurrence.regarding.namespace)}/events`;
    const body = JSON.stringify(manifestOf(occurrence, clock.now()));
    const { status, body: answer } = await client.write("POST", path, { body, signal: aborting.signal });
    if (status < 300) return undefined;
    const hint = status === 403 ? " (the right comes with the Component deploy/events)" : "";
    return `${statusFailure(status, `POST ${path}`, answer).message}${hint}`;
  }

  function complain(problem: string): void {
    if (clock.elapsed() < complainAt) return;
    complainAt = clock.elapsed() + complainEveryMs;
    log.warn({ problem }, "an Event could not be written; others in the next minutes are only counted");
  }

  return {
    answered(answered) {
      const occurrence = occurrenceOf(answered);
      if (occurrence === undefined) return;
      if (isRepeated(occurrence)) metrics.event("repeated");
      else if (isTooMany()) metrics.event("dropped");
      else {
        waiting.push(occurrence);
        if (!isWriting) void writeAll();
      }
    },
    stop() {
      aborting.abort();
      waiting.length = 0;
    },
  };
}

const controller = "dualstack.dev/webhook";

function manifestOf({ reason, note, regarding }: Occurrence, now: number): object {
  return {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { generateName: "dualstack-webhook-", namespace: regarding.namespace },
    // A MicroTime has six digits.
    eventTime: new Date(now).toISOString().replace("Z", "000Z"),
    reportingController: controller,
    reportingInstance: hostname().slice(0, 128),
    type: "Warning",
    action: "Admission",
    reason,
    note,
    regarding,
  };
}
