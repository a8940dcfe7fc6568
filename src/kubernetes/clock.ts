/** Time as a parameter, so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds since 1970, for others to read. It jumps when somebody sets the clock: measure no duration with it. */
  now(): number;
  /** Milliseconds since some moment, for durations: nobody can set it. */
  elapsed(): number;
  setTimeout(callback: () => void, ms: number): Timer;
}

interface Timer {
  cancel(): void;
  /** This timer alone does not keep the process alive. */
  unref(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout(callback, ms) {
    const timeout = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(timeout), unref: () => void timeout.unref() };
  },
};
