/** The middle value, or the mean of the two in the middle. Throws on an empty list: there is nothing to report. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error("a median needs at least one value");
  return (lower + upper) / 2;
}

/** The smallest value that at least `percent` of all values do not exceed (nearest rank), so always one that was measured. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (found === undefined) throw new Error("a percentile needs at least one value");
  return found;
}

/** What one server did in one slice of a round. */
export interface Measure {
  /** Requests a second. */
  readonly throughput: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** User and system time of the server's process. */
  readonly cpuMs: number;
}

/** Both servers in the same round, one right after the other. */
export interface Round {
  readonly bare: Measure;
  readonly ours: Measure;
}

export interface Comparison extends Round {
  /** ours ÷ bare. */
  readonly ratio: Measure;
}

/**
 * Medians over the rounds. The ratio is the median of each round's own ratio and not the ratio of the medians, since what
 * else the machine does changes between rounds and hardly within one.
 */
export function compare(rounds: readonly Round[]): Comparison {
  return {
    bare: each((field) => median(rounds.map(({ bare }) => bare[field]))),
    ours: each((field) => median(rounds.map(({ ours }) => ours[field]))),
    ratio: each((field) => median(rounds.map(({ bare, ours }) => ours[field] / bare[field]))),
  };
}

function each(value: (field: keyof Measure) => number): Measure {
  return { throughput: value("throughput"), p50Ms: value("p50Ms"), p99Ms: value("p99Ms"), cpuMs: value("cpuMs") };
}
