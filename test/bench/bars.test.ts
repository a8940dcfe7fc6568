import { describe, expect, it } from "vitest";
import { judge, verdictLine } from "../../bench/bars.ts";
import type { Judged } from "../../bench/bars.ts";

const onEveryLimit: Judged = {
  throughputRatio: 0.7,
  p50Ratio: 1.35,
  rssMiB: 130,
  readySeconds: 0.8,
  everyAnnotationMicros: 100,
  groupOf10Ratio: 0.9,
  groupOf100Ratio: 0.5,
  cachedRssMiB: 200,
  firstSyncSeconds: 5,
  manyNamespacesSeconds: 2,
  idleRssMiB: 120,
};

describe("the bars", () => {
  it("hold where every figure is just on its limit", () => {
    expect(missed(onEveryLimit)).toEqual([]);
  });
  it("hold where every figure is better", () => {
    const better = { throughputRatio: 1.1, p50Ratio: 0.9, rssMiB: 80, readySeconds: 0.2, everyAnnotationMicros: 9 };
    const inCluster = { groupOf10Ratio: 1, groupOf100Ratio: 0.9, cachedRssMiB: 150, firstSyncSeconds: 1 };
    const idle = { manyNamespacesSeconds: 1, idleRssMiB: 90 };
    expect(missed({ ...better, ...inCluster, ...idle })).toEqual([]);
  });
  it("miss the throughput below its limit, and only that", () => {
    expect(missed({ ...onEveryLimit, throughputRatio: 0.699 })).toEqual(["throughputRatio"]);
  });
  it("miss the p50 above its limit, and only that", () => {
    expect(missed({ ...onEveryLimit, p50Ratio: 1.351 })).toEqual(["p50Ratio"]);
  });
  it("miss the memory above its limit, and only that", () => {
    expect(missed({ ...onEveryLimit, rssMiB: 130.1 })).toEqual(["rssMiB"]);
  });
  it("miss the start-up above its limit, and only that", () => {
    expect(missed({ ...onEveryLimit, readySeconds: 0.801 })).toEqual(["readySeconds"]);
  });
  it("miss the slow decision above its limit, and only that", () => {
    expect(missed({ ...onEveryLimit, everyAnnotationMicros: 100.1 })).toEqual(["everyAnnotationMicros"]);
  });
  it.each([
    ["a group of 10 that is much slower than one of 1", { groupOf10Ratio: 0.899 }],
    ["a group of 100 that is more than twice as slow", { groupOf100Ratio: 0.499 }],
    ["caches that take more memory", { cachedRssMiB: 200.1 }],
    ["a first sync that takes longer", { firstSyncSeconds: 5.01 }],
    ["a start with many namespaces that takes longer", { manyNamespacesSeconds: 2.01 }],
    ["more memory when idle", { idleRssMiB: 120.1 }],
  ])("miss %s, and only that", (_what, figure) => {
    expect(missed({ ...onEveryLimit, ...figure })).toEqual(Object.keys(figure));
  });
  it("are missed by a figure that is no number", () => {
    expect(missed({ ...onEveryLimit, throughputRatio: Number.NaN, p50Ratio: Number.NaN })).toEqual([
      "throughputRatio",
      "p50Ratio",
    ]);
  });
  it("name what was missed, by how much, and the limit", () => {
    const lines = judge({ ...onEveryLimit, p50Ratio: 1.414 }).map(verdictLine);
    expect(lines).toEqual([
      "held    throughput of /mutate at 10 connections ÷ bare: 0.700, must be at least 0.7",
      "MISSED  p50 of /mutate at 1 connection ÷ bare: 1.414, must be at most 1.35",
      "held    RSS after 50,000 requests, MiB: 130.0, must be at most 130",
      "held    spawn to ready, best of the starts, s: 0.800, must be at most 0.8",
      "held    decision on a Service with every annotation, median, µs: 100.0, must be at most 100",
      "held    throughput of joining a group of 10 ÷ of 1, 10,000 other Ingresses: 0.90, must be at least 0.9",
      "held    the same of 100 ÷ of 1: 0.50, must be at least 0.5",
      "held    RSS with 10,000 namespaces, Ingresses and Services, MiB: 200.0, must be at most 200",
      "held    spawn to ready with all of that to be read, s: 5.00, must be at most 5",
      "held    spawn to ready with 10,000 namespaces and little else, best of the starts, s: 2.00, must be at most 2",
      "held    RSS when idle with in-cluster credentials, MiB: 120.0, must be at most 120",
    ]);
  });
});

function missed(figures: Judged): readonly string[] {
  return judge(figures).flatMap(({ figure, held }) => (held ? [] : [figure]));
}
