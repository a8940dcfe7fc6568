import { expect, test } from "vitest";
import { buildMetrics, type AnsweredRequest, type Metrics } from "../../src/server/metrics.ts";
import type { ScrapeOptions } from "../../src/server/scraped-metrics.ts";
import { nothingYet } from "../support/scraped.ts";

const request: AnsweredRequest = {
  webhook: "mutate",
  operation: "CREATE",
  kind: "Service",
  outcome: "patched",
  dryRun: false,
  seconds: 0.0004,
  violations: [],
  injected: [],
};

test("an answered review is counted by its labels, and timed", async () => {
  const metrics = build();
  for (const seconds of [0.0004, 0.0007, 7]) answer(metrics, { seconds });
  answer(metrics, { webhook: "validate", outcome: "denied", kind: "Ingress", operation: "UPDATE", dryRun: true });
  const lines = await ours(metrics);
  expect(lines.filter((line) => line.startsWith("dualstack_admission_requests_total"))).toEqual([
    'dualstack_admission_requests_total{webhook="mutate",operation="CREATE",kind="Service",decision="patched",dry_run="false"} 3',
    'dualstack_admission_requests_total{webhook="validate",operation="UPDATE",kind="Ingress",decision="denied",dry_run="true"} 1',
  ]);
  expect(lines).toContain('dualstack_admission_duration_seconds_bucket{le="0.0005",webhook="mutate"} 1');
  expect(lines).toContain('dualstack_admission_duration_seconds_bucket{le="0.001",webhook="mutate"} 2');
  expect(lines).toContain('dualstack_admission_duration_seconds_bucket{le="5",webhook="mutate"} 2');
  expect(lines).toContain('dualstack_admission_duration_seconds_bucket{le="+Inf",webhook="mutate"} 3');
  expect(lines).toContain('dualstack_admission_duration_seconds_count{webhook="validate"} 1');
});

test("calls that ended before they were judged are counted by webhook and outcome", async () => {
  const metrics = build();
  metrics.failed("mutate", "unavailable");
  metrics.failed("validate", "error");
  metrics.failed("validate", "error");
  answer(metrics, { webhook: "validate", outcome: "unavailable" });
  const lines = await ours(metrics);
  expect(lines.filter((line) => line.startsWith("dualstack_admission_requests_total"))).toEqual([
    'dualstack_admission_requests_total{webhook="mutate",operation="other",kind="other",decision="unavailable",dry_run="false"} 1',
    'dualstack_admission_requests_total{webhook="validate",operation="other",kind="other",decision="error",dry_run="false"} 2',
    'dualstack_admission_requests_total{webhook="validate",operation="CREATE",kind="Service",decision="unavailable",dry_run="false"} 1',
  ]);
});

test("what brings no review is counted by reason, from zero", async () => {
  const metrics = build();
  metrics.badRequest("bad-request");
  expect((await ours(metrics)).filter((line) => line.startsWith("dualstack_bad"))).toEqual([
    'dualstack_bad_requests_total{reason="bad-request"} 1',
    'dualstack_bad_requests_total{reason="tls"} 0',
  ]);
});

test("what is refused for now is counted by reason, from zero", async () => {
  const metrics = build();
  metrics.shed("lag");
  expect((await ours(metrics)).filter((line) => line.startsWith("dualstack_admission_shed"))).toEqual([
    'dualstack_admission_shed_total{reason="in-flight"} 0',
    'dualstack_admission_shed_total{reason="body-bytes"} 0',
    'dualstack_admission_shed_total{reason="lag"} 1',
    'dualstack_admission_shed_total{reason="late"} 0',
    'dualstack_admission_shed_total{reason="connections"} 0',
  ]);
});

test("findings are counted by policy, rule and action, and injected values by setting", async () => {
  const metrics = build();
  const warn = { policy: "public", rule: "dualstack-needs-ipv6-subnets", action: "warn" } as const;
  answer(metrics, {
    violations: [warn, { ...warn, policy: "", action: "deny" }],
    injected: [
      { setting: "service.scheme", action: "inject" },
      { setting: "service.ipAddressType", action: "shadow-inject" },
    ],
  });
  answer(metrics, { violations: [warn], injected: [{ setting: "service.scheme", action: "inject" }] });
  answer(metrics, { violations: [{ ...warn, action: "shadow-deny" }] });
  const lines = await ours(metrics);
  expect(lines.filter((line) => /^dualstack_(policy|injected)/.test(line))).toEqual([
    'dualstack_policy_violations_total{policy="public",rule="dualstack-needs-ipv6-subnets",action="warn"} 2',
    'dualstack_policy_violations_total{policy="",rule="dualstack-needs-ipv6-subnets",action="deny"} 1',
    'dualstack_policy_violations_total{policy="public",rule="dualstack-needs-ipv6-subnets",action="shadow-deny"} 1',
    'dualstack_injected_values_total{setting="service.scheme",action="inject"} 2',
    'dualstack_injected_values_total{setting="service.ipAddressType",action="shadow-inject"} 1',
  ]);
});

test("the requests in flight are asked for at each scrape", async () => {
  let count = 2;
  const metrics = build({ inFlight: () => count });
  expect(await ours(metrics)).toContain("dualstack_admission_in_flight 2");
  count = 1;
  expect(await ours(metrics)).toContain("dualstack_admission_in_flight 1");
});

test("caches and the certificate are asked at each scrape", async () => {
  let synced = false;
  let expiry: Date | undefined;
  const metrics = build({
    caches: () => [
      {
        resource: "namespaces",
        synced,
        lastEventAt: synced ? new Date(1_700_000_000_500) : undefined,
        restarts: new Map(),
      },
    ],
    certificateExpiry: () => expiry,
  });
  expect((await ours(metrics)).filter((line) => /_cache_|_expiry_/.test(line))).toEqual([
    'dualstack_cache_synced{resource="namespaces"} 0',
    "dualstack_certificate_expiry_timestamp_seconds Nan",
  ]);
  synced = true;
  expiry = new Date("2027-01-01T00:00:00Z");
  expect((await ours(metrics)).filter((line) => /_cache_|_expiry_/.test(line))).toEqual([
    'dualstack_cache_synced{resource="namespaces"} 1',
    'dualstack_cache_last_event_timestamp_seconds{resource="namespaces"} 1700000000.5',
    "dualstack_certificate_expiry_timestamp_seconds 1798761600",
  ]);
});

test("restarts of watches and reloads of the certificate are counted, the latter from zero", async () => {
  const restarts = new Map([["gone", 1]]);
  const metrics = build({
    caches: () => [{ resource: "namespaces", synced: true, lastEventAt: undefined, restarts }],
  });
  metrics.certificateReloaded("failure");
  expect((await ours(metrics)).filter((line) => /restarts|reload/.test(line))).toEqual([
    'dualstack_watch_restarts_total{resource="namespaces",reason="gone"} 1',
    'dualstack_certificate_reload_total{result="success"} 0',
    'dualstack_certificate_reload_total{result="failure"} 1',
  ]);
});

test("broken groups are counted by fault, with a zero for each kind, and not before they have been looked for", async () => {
  const metrics = build();
  const broken = async () => (await ours(metrics)).filter((line) => line.startsWith("dualstack_broken"));
  expect(await broken()).toEqual([]);
  metrics.brokenGroups(new Map([["conflict", 2]]));
  expect(await broken()).toEqual([
    'dualstack_broken_ingress_groups{fault="load"} 0',
    'dualstack_broken_ingress_groups{fault="conflict"} 2',
    'dualstack_broken_ingress_groups{fault="redirect"} 0',
  ]);
  metrics.brokenGroups(new Map());
  expect(await broken()).toContain('dualstack_broken_ingress_groups{fault="conflict"} 0');
});

test("it says which version this is, and how the process is doing", async () => {
  const metrics = build();
  expect(await ours(metrics)).toContain(`dualstack_build_info{version="1.2.3",node="${process.version}"} 1`);
  expect(await metrics.render()).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  expect(metrics.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
});

test("two programs in one process do not share their counts", async () => {
  const one = build();
  answer(one, {});
  expect((await ours(build())).filter((line) => line.startsWith("dualstack_admission_requests_total"))).toEqual([]);
  expect((await ours(one)).filter((line) => line.startsWith("dualstack_admission_requests_total"))).toHaveLength(1);
});

function build(options: Partial<ScrapeOptions> = {}): Metrics {
  return buildMetrics({ ...nothingYet, ...options });
}

function answer(metrics: Metrics, change: Partial<AnsweredRequest>): void {
  metrics.answered({ ...request, ...change });
}

async function ours(metrics: Metrics): Promise<readonly string[]> {
  return (await metrics.render()).split("\n").filter((line) => line.startsWith("dualstack_"));
}
