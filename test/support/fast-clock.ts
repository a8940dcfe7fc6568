import { vi } from "vitest";
import type { Clock } from "../../src/kubernetes/clock.ts";

export interface FastClock extends Clock {
  /** What setTimeout was asked for, in order. */
  readonly asked: readonly number[];
  /** Lets time pass, which stands still otherwise. Timers do not follow. */
  advance(ms: number): void;
  /** Sets the clock by so much: no time passes. */
  jump(ms: number): void;
  /** Fires the timers that were set for just so long and are still running. */
  expire(ms: number): void;
}

/** A clock whose timers fire after a hundredth of the time, or as `realMs` says; undefined: never. */
export function fastClock(realMs: (ms: number) => number | undefined = (ms) => ms / 100): FastClock {
  const asked: number[] = [];
  const running = new Map<() => void, number>();
  let now = 1_800_000_000_000;
  let elapsed = 0;
  return {
    asked,
    now: () => now,
    elapsed: () => elapsed,
    advance(ms) {
      now += ms;
      elapsed += ms;
    },
    jump(ms) {
      now += ms;
    },
    expire(ms) {
      for (const [fire, length] of running) if (length === ms) fire();
    },
    setTimeout(callback, ms) {
      asked.push(ms);
      const real = realMs(ms);
      const fire = () => {
        if (running.delete(fire)) callback();
      };
      running.set(fire, ms);
      const timeout = real === undefined ? undefined : setTimeout(fire, real);
      return {
        cancel() {
          running.delete(fire);
          clearTimeout(timeout);
        },
        unref: () => void timeout?.unref(),
      };
    },
  };
}

/** Deadlines that never pass, for tests of something else on a busy machine. */
export function patientClock(): FastClock {
  return fastClock(() => undefined);
}

/** Waits until the check no longer throws. The limit is for a busy machine; a passing check takes milliseconds. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 5_000, interval: 4 });
}
