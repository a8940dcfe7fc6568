import type { ServerResponse } from "node:http";

/**
 * Why a call is not answered now. in-flight: too many at once. body-bytes: their bodies are too large together. lag: too
 * many for an event loop that is behind. late: its caller no longer waits. connections: too many, and this one was dropped.
 */
export const shedReasons = ["in-flight", "body-bytes", "lag", "late", "connections"] as const;
export type ShedReason = (typeof shedReasons)[number];

/** HTTP 503 with Retry-After: the caller asks again. */
export class Overloaded extends Error {
  readonly reason: ShedReason;

  constructor(reason: ShedReason) {
    super(`${problems[reason]}: try again`);
    this.name = "Overloaded";
    this.reason = reason;
  }
}

const problems: Readonly<Record<ShedReason, string>> = {
  "in-flight": "too many requests at once",
  "body-bytes": "too many large requests at once",
  lag: "too many requests at once for a process that is behind",
  late: "the request waited for longer than its caller does",
  connections: "too many connections at once",
};

export interface InFlightOptions {
  /** The API server sends at most 600 at once (--max-requests-inflight and its like). */
  readonly most: number;
  readonly isLagging: () => boolean;
}

/** Counts the requests that are under way: let in and not answered, or about to be refused. */
export interface InFlight {
  readonly count: () => number;
  /** Lets a request in, for which `leave` is to be called once. Otherwise says why not. */
  readonly enter: () => ShedReason | undefined;
  readonly leave: () => void;
  /** Takes note of one that is not let in until its response is closed. */
  readonly refuse: (response: ServerResponse) => void;
}

/**
 * Of the limit, what is let in while the event loop is behind. Not nothing: on a starved node a slow answer is better than
 * none, and who is called ten times a second never has this many at once.
 */
const lagShare = 0.05;

export function inFlight({ most, isLagging }: InFlightOptions): InFlight {
  const mostInLag = Math.ceil(most * lagShare);
  let letIn = 0;
  let refused = 0;
  return {
    count: () => letIn + refused,
    enter() {
      if (letIn >= most) return "in-flight";
      if (letIn >= mostInLag && isLagging()) return "lag";
      letIn += 1;
      return undefined;
    },
    leave() {
      letIn -= 1;
    },
    refuse(response) {
      refused += 1;
      response.once("close", () => {
        refused -= 1;
      });
    },
  };
}
