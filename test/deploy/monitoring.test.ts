import { describe, expect, it } from "vitest";
import { faultKinds } from "../../src/decision/cluster/broken-groups.ts";
import { buildMetrics } from "../../src/server/metrics.ts";
import type { AnsweredRequest } from "../../src/server/metrics.ts";
import { readQuery, readSamples, unknownTo } from "../support/promql.ts";
import { nothingYet } from "../support/scraped.ts";
import { alerts, panels, queries } from "./monitoring.ts";

/** The metrics of a program to which everything has happened once. */
async function everything(): Promise<string> {
  const at = new Date();
  const metrics = buildMetrics({
    ...nothingYet,
    caches: () => [{ resource: "namespaces", synced: true, lastEventAt: at, restarts: new Map([["closed", 1]]) }],
    certificateExpiry: () => at,
    selfManaged: () => ({ authorityExpiry: () => at, trusted: () => true }),
    canary: () => ({ ok: true, result: "proved", at }),
    policies: () => new Map(["accepted", "last-good", "refused", "orphan"].map((state) => [state, 1])),
  });
  const request: AnsweredRequest = {
    webhook: "mutate",
    operation: "CREATE",
    kind: "Service",
    outcome: "allowed",
    dryRun: false,
    seconds: 0.001,
    violations: (["deny", "warn", "shadow-deny"] as const).map((action) => ({ policy: "p", rule: "r", action })),
    injected: (["inject", "shadow-inject"] as const).map((action) => ({ setting: "service.scheme", action })),
  };
  for (const outcome of ["allowed", "patched", "denied", "unavailable", "error"] as const) {
    metrics.answered({ ...request, outcome });
  }
  metrics.shed("lag");
  metrics.brokenGroups(new Map(faultKinds.map((kind) => [kind, 1])));
  return metrics.render();
}

describe("the alerts", () => {
  it("have a name each, and say how bad it is, what happens and what to do", () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { alert, for: wait, labels, annotations } of alerts) {
      expect(wait).toMatch(/^\d+[mh]$/);
      expect(["warning", "critical"]).toContain(labels["severity"]);
      expect(annotations["summary"]).toMatch(/\.$/);
      expect(annotations["description"]).toMatch(/\.$/);
      expect(annotations["runbook_url"]).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    }
  });

  it("name in their texts only labels that their query keeps", () => {
    for (const { expr, annotations } of alerts) {
      const named = Object.values(annotations).flatMap((text) => [...text.matchAll(/\$labels\.(\w+)/g)]);
      expect(readQuery(expr).grouping).toEqual(expect.arrayContaining(named.map(([, label]) => label)));
    }
  });
});

describe("the dashboard", () => {
  it("has panels beside and below each other, with a title each", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe("the queries of both", () => {
  it("are PromQL that asks for metrics, labels and values which the program has", async () => {
    const samples = readSamples(await everything());
    const problems = queries
      .filter(({ ofApiServer }) => !ofApiServer)
      .flatMap(({ name, query }) => unknownTo(samples, readQuery(query)).map((problem) => `${name}: ${problem}`));
    expect(problems).toEqual([]);
  });

  it("of the API server's metrics are PromQL", () => {
    const metrics = queries.filter(({ ofApiServer }) => ofApiServer).flatMap(({ query }) => readQuery(query).selectors);
    expect(metrics.length).toBeGreaterThan(8);
    for (const { metric } of metrics) expect(metric).toMatch(/^apiserver_/);
  });

  it("would be found out", async () => {
    const samples = readSamples(await everything());
    const problems = (query: string) => unknownTo(samples, readQuery(query));
    expect(problems("sum by (le) (dualstack_nothing)")).toEqual([
      "there is no dualstack_nothing",
      "nothing has the label le",
    ]);
    expect(problems('dualstack_admission_requests_total{decision=~"error|lost"}')).toEqual([
      'no dualstack_admission_requests_total has decision="lost"',
    ]);
    expect(() => readQuery("sum(rate(x[5m])")).toThrow("no PromQL at 15");
  });

  it("use every metric of ours", async () => {
    const used = new Set(queries.flatMap(({ query }) => readQuery(query).selectors.map(({ metric }) => metric)));
    const ours = [...readSamples(await everything()).keys()].filter((name) => name.startsWith("dualstack_"));
    const unused = ours.filter((name) => !used.has(name) && !/_(sum|count)$/.test(name));
    expect(unused).toEqual(["dualstack_canary_last_run_timestamp_seconds"]);
  });
});
