/** The figures that are judged. */
export interface Judged {
  /** /mutate at 10 connections, ours ÷ bare. */
  readonly throughputRatio: number;
  /** /mutate at 1 connection, ours ÷ bare. */
  readonly p50Ratio: number;
  readonly rssMiB: number;
  readonly readySeconds: number;
  readonly everyAnnotationMicros: number;
  /** Ingresses that join a group, in one of 10 or 100 ÷ in one of 1. */
  readonly groupOf10Ratio: number;
  readonly groupOf100Ratio: number;
  /** In cluster mode with all caches full. */
  readonly cachedRssMiB: number;
  /** From spawning, with all caches to be filled. */
  readonly firstSyncSeconds: number;
  /** From spawning, with 10,000 namespaces and little else to be read. */
  readonly manyNamespacesSeconds: number;
  /** In cluster mode, asked nothing, with 100 objects of a kind. */
  readonly idleRssMiB: number;
}

export interface Bar {
  readonly name: string;
  readonly figure: keyof Judged;
  readonly limit: number;
  readonly must: "at least" | "at most";
  /** Decimals shown: one more than the limit has, so that a figure just beyond it does not look as if it held. */
  readonly digits: number;
}

export interface Verdict extends Bar {
  readonly value: number;
  readonly held: boolean;
}

export const bars: readonly Bar[] = [
  // A bare Fastify without a log reaches 0.85; the rest is for the decision, the log line and the metrics.
  {
    name: "throughput of /mutate at 10 connections ÷ bare",
    figure: "throughputRatio",
    limit: 0.7,
    must: "at least",
    digits: 3,
  },
  { name: "p50 of /mutate at 1 connection ÷ bare", figure: "p50Ratio", limit: 1.35, must: "at most", digits: 3 },
  // Half of the Deployment's memory limit, so that a burst of the largest reviews has room.
  { name: "RSS after 50,000 requests, MiB", figure: "rssMiB", limit: 130, must: "at most", digits: 1 },
  { name: "spawn to ready, best of the starts, s", figure: "readySeconds", limit: 0.8, must: "at most", digits: 3 },
  {
    name: "decision on a Service with every annotation, median, µs",
    figure: "everyAnnotationMicros",
    limit: 100,
    must: "at most",
    digits: 1,
  },
  {
    name: "throughput of joining a group of 10 ÷ of 1, 10,000 other Ingresses",
    figure: "groupOf10Ratio",
    limit: 0.9,
    must: "at least",
    digits: 2,
  },
  { name: "the same of 100 ÷ of 1", figure: "groupOf100Ratio", limit: 0.5, must: "at least", digits: 2 },
  {
    name: "RSS with 10,000 namespaces, Ingresses and Services, MiB",
    figure: "cachedRssMiB",
    limit: 200,
    must: "at most",
    digits: 1,
  },
  {
    name: "spawn to ready with all of that to be read, s",
    figure: "firstSyncSeconds",
    limit: 5,
    must: "at most",
    digits: 2,
  },
  {
    name: "spawn to ready with 10,000 namespaces and little else, best of the starts, s",
    figure: "manyNamespacesSeconds",
    limit: 2,
    must: "at most",
    digits: 2,
  },
  {
    name: "RSS when idle with in-cluster credentials, MiB",
    figure: "idleRssMiB",
    limit: 120,
    must: "at most",
    digits: 1,
  },
];

/** A value on the limit holds; one that is no number does not. */
export function judge(figures: Judged): readonly Verdict[] {
  return bars.map((bar) => {
    const value = figures[bar.figure];
    return { ...bar, value, held: bar.must === "at least" ? value >= bar.limit : value <= bar.limit };
  });
}

/** `MISSED  p50 of /mutate at 1 connection ÷ bare: 1.41, must be at most 1.35` */
export function verdictLine({ name, value, must, limit, digits, held }: Verdict): string {
  return `${held ? "held  " : "MISSED"}  ${name}: ${value.toFixed(digits)}, must be ${must} ${limit}`;
}
