/** The longest live read of what is not in memory; a deadline of the request that is nearer wins. */
const longestLookUpMs = 1000;
/** The API server rounds what is left up to a whole second (apiserver pkg/admission/plugin/webhook/mutating/dispatcher.go:285). */
const roundingMs = 1000;
/** To decide, and for the way back. */
const marginMs = 250;

/** When the caller stops waiting at the latest, by `?timeout=5s` and the clock of `arrivedAt`. Infinity: it does not say. */
export function deadlineOf(url: string, arrivedAt: number): number {
  const seconds = /\?(?:[^#]*?&)??timeout=([1-9]\d{0,2})s(?:&|$)/.exec(url)?.[1];
  return seconds === undefined ? Infinity : arrivedAt + Number(seconds) * 1000;
}

/** How long a look-up may take from now. In the last second nobody knows whether the caller waits: then half of what may be left. */
export function lookUpTime(deadline: number, now: number): number {
  const leftMs = deadline - now;
  const certainMs = leftMs - roundingMs - marginMs;
  return Math.max(0, Math.min(longestLookUpMs, Math.max(certainMs, Math.min(leftMs, roundingMs) / 2)));
}
