import type { BaseLogger } from "pino";
import type { ShedReason } from "./overload.ts";

/** A line for each of them would be more work than the calls themselves. */
const lineEveryMs = 5000;

/** Logs the first refusal at once, and what comes after it as a sum every few seconds. */
export function shedLog(log: Pick<BaseLogger, "warn">): (reason: ShedReason) => void {
  let isQuiet = false;
  let counts = new Map<ShedReason, number>();

  function write(): void {
    isQuiet = counts.size > 0;
    if (!isQuiet) return;
    log.warn({ calls: Object.fromEntries(counts) }, "overloaded: calls were asked to come again");
    counts = new Map();
    setTimeout(write, lineEveryMs).unref();
  }

  return (reason) => {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (!isQuiet) write();
  };
}
