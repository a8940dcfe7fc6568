import type { ApiFailure } from "./api-failure.ts";

/** Decides how soon a watch that has ended starts again, and whether with a list. */
export interface RestartPolicy {
  /** `failure` undefined: the server closed the watch in good order. */
  after(failure: ApiFailure | undefined, watch: Lived): Restart;
}

interface Lived {
  readonly livedMs: number;
  readonly heardSomething: boolean;
}

interface Restart {
  readonly pauseMs: number;
  /** Where it resumes is not to be trusted any more: list first. */
  readonly relist: boolean;
}

/** A watch that lived so long was healthy: when it is closed, it resumes at once. */
const healthyMs = 5_000;
/**
 * A bookmark comes each minute, and before the server ends a watch. One that heard nothing for so long may wait for a
 * resourceVersion that the server will not reach for days: after etcd was restored, the API server accepts such a watch and stays silent (seen with 1.36).
 */
const deafMs = 100_000;
/** Twice the shortest pause, since jitter takes away up to half. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** An API server that cannot be reached is not overloaded by who tries, and labels that change once it is back must not wait. */
const longestUnreachablePauseMs = 5_000;
/** A server that asks for more is not obeyed: a changed label must not wait for an hour. */
const longestRetryAfterMs = 60_000;
/** After so many failures in a row the resourceVersion itself is suspect, for instance because etcd was restored. */
const failuresBeforeRelist = 3;

/** Pauses of 0.5 s to 1 s at first, doubling up to 15 s to 30 s, or 5 s while nobody answers; the jitter keeps replicas that failed together from coming back together. */
export function restartPolicy(random: () => number): RestartPolicy {
  let failures = 0;
  /** Failures in a row that were answered, or that were not: a server that has just come up is asked again soon. */
  let alike = 0;
  let unreachableBefore = false;
  let goneBefore = false;

  function nextPause(unreachable: boolean): number {
    if (unreachable !== unreachableBefore) alike = 0;
    unreachableBefore = unreachable;
    const longest = unreachable ? longestUnreachablePauseMs : longestPauseMs;
    const ceiling = Math.min(longest, firstPauseMs * 2 ** Math.min(alike, 10));
    failures += 1;
    alike += 1;
    return ceiling / 2 + (random() * ceiling) / 2;
  }

  return {
    after(failure, { livedMs, heardSomething }) {
      const healthy = livedMs >= healthyMs;
      if (healthy || heardSomething) {
        failures = 0;
        alike = 0;
        goneBefore = false;
      }
      const deaf = livedMs >= deafMs && !heardSomething;
      if (failure === undefined && healthy) return { pauseMs: 0, relist: deaf };
      // Only the first in a row restarts at once: a server that always says "gone" would make a hot loop of lists.
      if (failure?.reason === "gone" && !goneBefore) {
        goneBefore = true;
        return { pauseMs: 0, relist: true };
      }
      const asked = Math.min(failure?.retryAfterMs ?? 0, longestRetryAfterMs);
      const pauseMs = Math.max(nextPause(failure?.reason === "connection"), asked);
      return { pauseMs, relist: deaf || failure?.reason === "gone" || failures >= failuresBeforeRelist };
    },
  };
}
