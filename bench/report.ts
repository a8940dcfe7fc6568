import { verdictLine } from "./bars.ts";
import type { Verdict } from "./bars.ts";
import type { Comparison, Measure } from "./statistics.ts";

export interface Scenario {
  /** The webhook that is called, or `mixed`: both in turn, as for one object that is created. */
  readonly name: "mutate" | "validate" | "mixed";
  readonly connections: number;
}

/** All that a run found; `--json` prints it as it is. */
export interface Result {
  readonly conditions: {
    readonly node: string;
    readonly platform: string;
    readonly cpus: number;
    /** Over the last minute, at the start and at the end: what else ran. */
    readonly loadAverage: readonly [number, number];
    readonly rounds: number;
    readonly sliceSeconds: number;
    readonly reviewBytes: number;
    readonly requests: number;
    readonly quick: boolean;
  };
  readonly scenarios: readonly (Scenario & Comparison)[];
  /** After `requests` of the warm-up. */
  readonly rssMiB: { readonly requests: number; readonly bare: number; readonly ours: number; readonly ratio: number };
  readonly readySeconds: { readonly best: number; readonly median: number; readonly all: readonly number[] };
  /** One decide() on a Service that has every annotation: the median, in the slower of the two phases. */
  readonly everyAnnotationMicros: number;
  /** In cluster mode, with 10,000 namespaces, Ingresses and Services. */
  readonly inCluster: {
    readonly readySeconds: number;
    readonly rssMiB: number;
    /** Ingresses that join a group, which then has this size. */
    readonly groups: readonly { readonly size: number; readonly throughput: number; readonly ratio: number }[];
  };
  /** In cluster mode: the best start with 10,000 namespaces and 100 of everything else; memory when idle with 100 of each. */
  readonly small: { readonly manyNamespacesSeconds: number; readonly idleRssMiB: number };
  /** Empty in a quick run. */
  readonly bars: readonly Verdict[];
}

const columns = ["", "req/s", "p50 ms", "p99 ms", "CPU ms/req"] as const;

/** The result as a table of at most 80 columns. */
export function reportText(result: Result): string {
  const { conditions, scenarios, rssMiB, readySeconds, everyAnnotationMicros, inCluster, small, bars } = result;
  const { node, platform, cpus, loadAverage, rounds, sliceSeconds, reviewBytes, requests } = conditions;
  return [
    `Node ${node} on ${platform}, ${cpus} CPUs, load average ${loadAverage.map((load) => load.toFixed(1)).join(" to ")}`,
    `${rounds} rounds of ${sliceSeconds} s each in turns, medians; reviews of ${reviewBytes} bytes, ${requests} answered`,
    "",
    row(columns),
    ...scenarios.flatMap(({ name, connections, bare, ours, ratio }) => [
      `${name}, ${connections === 1 ? "1 connection" : `${connections} connections`}`,
      row(["  bare node:https", ...cells(bare)]),
      row(["  webhook", ...cells(ours)]),
      row(["  webhook ÷ bare", ...ratioCells(ratio)]),
    ]),
    "",
    `RSS after ${rssMiB.requests} requests: bare ${rssMiB.bare.toFixed(1)} MiB, webhook ${rssMiB.ours.toFixed(1)} MiB (${rssMiB.ratio.toFixed(2)})`,
    `ready after ${readySeconds.best.toFixed(3)} s at best, ${readySeconds.median.toFixed(3)} s in the middle of ${readySeconds.all.length} starts`,
    `a Service with every annotation is decided in ${everyAnnotationMicros.toFixed(1)} µs`,
    `with 10,000 namespaces and little else: ready after ${small.manyNamespacesSeconds.toFixed(2)} s`,
    `idle with 100 namespaces, Ingresses and Services: RSS ${small.idleRssMiB.toFixed(1)} MiB`,
    `with 10,000 namespaces, Ingresses and Services: ready after ${inCluster.readySeconds.toFixed(2)} s, RSS ${inCluster.rssMiB.toFixed(1)} MiB`,
    ...inCluster.groups.map(
      ({ size, throughput, ratio }) =>
        `  joining an IngressGroup of ${size}: ${throughput.toFixed(0)} req/s (${ratio.toFixed(2)} of a group of 1)`,
    ),
    "",
    ...(bars.length === 0 ? ["A quick run: no bar is judged."] : bars.map(verdictLine)),
    "",
  ].join("\n");
}

function cells({ throughput, p50Ms, p99Ms, cpuMs }: Measure): readonly string[] {
  return [throughput.toFixed(0), p50Ms.toFixed(3), p99Ms.toFixed(3), cpuMs.toFixed(3)];
}

function ratioCells({ throughput, p50Ms, p99Ms, cpuMs }: Measure): readonly string[] {
  return [throughput, p50Ms, p99Ms, cpuMs].map((ratio) => ratio.toFixed(2));
}

function row([first = "", ...rest]: readonly string[]): string {
  return first.padEnd(28) + rest.map((cell) => cell.padStart(12)).join("");
}
