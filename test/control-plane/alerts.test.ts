/** What makes each alert fire, and what does not: by Prometheus's own promtool, three hours of made-up metrics at a time. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { lifetimes } from "../../src/server/authority/plan.ts";
import { alertGroups, alerts } from "../deploy/monitoring.ts";
import { findPromtool } from "./assets.ts";
import { bareEnvironment, createNest, run } from "./processes.ts";
import type { Result } from "./processes.ts";

/** A first call on this machine builds promtool, unless run.ts has done so. */
const builtWithin = 600_000;

const minutes = 180;
/** promtool's clock starts at 0. */
const now = minutes * 60;
const day = 86_400;

let promtool: string;
let folder: string;
beforeAll(async () => {
  promtool = await findPromtool();
  const nest = await createNest();
  folder = nest.folder;
  await writeFile(join(folder, "rules.yaml"), stringify({ groups: alertGroups }));
  return () => nest.remove();
}, builtWithin);

/** The values of a series, one a minute, by its name and labels; undefined: there is none. */
type Metrics = Readonly<Record<string, string | undefined>>;

/** A replica with which all is well, and other programs with which it is not: those are none of our concern. */
const healthy: Metrics = {
  'dualstack_build_info{instance="a"}': always(1),
  'dualstack_admission_requests_total{webhook="validate",decision="denied"}': rising(60),
  'dualstack_admission_requests_total{webhook="validate",decision="error"}': always(0),
  'dualstack_admission_requests_total{webhook="validate",decision="unavailable"}': rising(1),
  'dualstack_admission_shed_total{reason="lag"}': always(0),
  'dualstack_admission_duration_seconds_bucket{webhook="validate",le="0.25"}': rising(60),
  'dualstack_admission_duration_seconds_bucket{webhook="validate",le="1"}': rising(60),
  'dualstack_admission_duration_seconds_bucket{webhook="validate",le="+Inf"}': rising(60),
  'nodejs_eventloop_lag_p99_seconds{instance="a"}': always(0.02),
  'nodejs_eventloop_lag_p99_seconds{instance="of another program"}': always(5),
  'dualstack_cache_synced{instance="a",resource="namespaces"}': always(1),
  'dualstack_cache_last_event_timestamp_seconds{instance="a",resource="namespaces"}': rising(60),
  'dualstack_watch_restarts_total{resource="namespaces",reason="closed"}': rising(5),
  'dualstack_watch_restarts_total{resource="namespaces",reason="failed"}': always(1),
  'dualstack_certificate_expiry_timestamp_seconds{instance="a"}': always(now + 30 * day),
  'dualstack_certificate_reload_total{instance="a",result="failure"}': always(1),
  'dualstack_certificate_trusted{instance="a"}': always(1),
  // As short as it ever gets, if it is renewed in time.
  'dualstack_certificate_authority_expiry_timestamp_seconds{instance="a"}': always(now + lifetimes.authority / 3000),
  'dualstack_broken_ingress_groups{fault="too-long"}': always(0),
  'dualstack_policies{state="accepted"}': always(3),
  'dualstack_policies{state="refused"}': always(0),
  'dualstack_status_writes_total{instance="a",result="success"}': rising(1),
  'dualstack_status_writes_total{instance="a",result="failure"}': always(1),
  'dualstack_canary_success{instance="a",result="proved"}': always(1),
  'apiserver_admission_webhook_fail_open_count{name="services.mutate.dualstack.dev"}': always(1),
  'apiserver_admission_webhook_fail_open_count{name="mutate.example.com"}': rising(5),
  // Refused since it is wrong.
  'apiserver_admission_webhook_rejection_count{name="services.validate.dualstack.dev",error_type="no_error"}':
    rising(5),
  'apiserver_admission_webhook_rejection_count{name="a.example.com",error_type="calling_webhook_error"}': rising(5),
  'apiserver_admission_webhook_admission_duration_seconds_bucket{name="a.dualstack.dev",le="0.5"}': rising(60),
  'apiserver_admission_webhook_admission_duration_seconds_bucket{name="a.dualstack.dev",le="2.5"}': rising(60),
  'apiserver_admission_webhook_admission_duration_seconds_bucket{name="a.dualstack.dev",le="+Inf"}': rising(60),
  'apiserver_admission_match_condition_evaluation_errors_total{name="a.example.com"}': rising(5),
  apiserver_webhooks_x509_missing_san_total: always(0),
};

const trusted = 'dualstack_certificate_trusted{instance="a"}';
const authority = 'dualstack_certificate_authority_expiry_timestamp_seconds{instance="a"}';
const canary = 'dualstack_canary_success{instance="a",result="proved"}';

/** What is otherwise than in healthy, and the alert that fires of it, by itself. */
const faults: readonly (readonly [alert: string, metrics: Metrics])[] = [
  ["DualstackWebhookAbsent", Object.fromEntries(Object.keys(healthy).map((series) => [series, undefined]))],
  ["DualstackWebhookErrors", { 'dualstack_admission_requests_total{webhook="validate",decision="error"}': rising(1) }],
  [
    "DualstackWebhookUnavailable",
    { 'dualstack_admission_requests_total{webhook="validate",decision="unavailable"}': rising(12) },
  ],
  ["DualstackWebhookShedding", { 'dualstack_admission_shed_total{reason="lag"}': rising(1) }],
  ["DualstackWebhookSlow", { 'dualstack_admission_duration_seconds_bucket{webhook="validate",le="0.25"}': rising(58) }],
  ["DualstackWebhookEventLoopLag", { 'nodejs_eventloop_lag_p99_seconds{instance="a"}': always(0.5) }],
  ["DualstackCacheNotSynced", { 'dualstack_cache_synced{instance="a",resource="namespaces"}': always(0) }],
  [
    "DualstackCacheStale",
    { 'dualstack_cache_last_event_timestamp_seconds{instance="a",resource="namespaces"}': always(now - 2000) },
  ],
  ["DualstackWatchRestarts", { 'dualstack_watch_restarts_total{resource="namespaces",reason="failed"}': rising(1) }],
  [
    "DualstackCertificateExpiresSoon",
    { 'dualstack_certificate_expiry_timestamp_seconds{instance="a"}': always(now + 6 * day) },
  ],
  [
    "DualstackCertificateReloadFailed",
    { 'dualstack_certificate_reload_total{instance="a",result="failure"}': rising(1) },
  ],
  [
    "DualstackCertificateNotTrusted",
    { [trusted]: always(0), 'dualstack_certificate_trusted{instance="b"}': always(1) },
  ],
  ["DualstackCertificateAuthorityNotRenewed", { [authority]: always(now + (3 * 365 - 1) * day) }],
  ["DualstackBrokenIngressGroups", { 'dualstack_broken_ingress_groups{fault="too-long"}': always(1) }],
  ["DualstackPolicyNotAccepted", { 'dualstack_policies{state="refused"}': always(1) }],
  ["DualstackStatusNotWritten", { 'dualstack_status_writes_total{instance="a",result="failure"}': rising(1) }],
  [
    "DualstackCanaryFailed",
    { [canary]: undefined, 'dualstack_canary_success{instance="a",result="not-called"}': always(0) },
  ],
  [
    "DualstackFailedOpen",
    { 'apiserver_admission_webhook_fail_open_count{name="services.mutate.dualstack.dev"}': rising(1) },
  ],
  [
    "DualstackCallsFail",
    {
      'apiserver_admission_webhook_rejection_count{name="services.validate.dualstack.dev",error_type="calling_webhook_error"}':
        rising(1),
    },
  ],
  [
    "DualstackCallsSlow",
    { 'apiserver_admission_webhook_admission_duration_seconds_bucket{name="a.dualstack.dev",le="0.5"}': rising(50) },
  ],
  [
    "DualstackMatchConditionErrors",
    { 'apiserver_admission_match_condition_evaluation_errors_total{name="a.dualstack.dev"}': rising(1) },
  ],
  ["WebhookCertificateWithoutSAN", { apiserver_webhooks_x509_missing_san_total: rising(1) }],
];

it("promtool finds no fault in the rules", async () => {
  const checked = await prometheus("check", "rules", "--lint-fatal", join(folder, "rules.yaml"));
  expect(checked).toMatchObject({ code: 0, stderr: "" });
  expect(checked.stdout).toContain(`${alerts.length} rules found`);
});

it.each(faults)("%s", async (alert, metrics) => {
  expect(await whereFiring([alert], metrics)).toBe("as expected");
});

it("there is a fault for each alert", () => {
  expect([...new Set(faults.map(([alert]) => alert))]).toEqual(alerts.map(({ alert }) => alert));
});

describe("nothing fires", () => {
  it.each<readonly [string, Metrics]>([
    ["where all is well", {}],
    ["where cert-manager keeps the certificate", { [trusted]: undefined, [authority]: undefined }],
    ["while it is not known yet", { [trusted]: always(Number.NaN), [authority]: always(Number.NaN) }],
    ["where the API server is told of a new CA just now", { [trusted]: `${always(1, minutes - 3)} 0 0 0` }],
    ["where no canary is configured", { [canary]: undefined }],
  ])("%s", async (_, metrics) => {
    expect(await whereFiring([], metrics)).toBe("as expected");
  });

  it("which would be noticed", async () => {
    expect(await whereFiring([], { [trusted]: always(0) })).toContain("DualstackCertificateNotTrusted");
    expect(await whereFiring(["DualstackCertificateNotTrusted"], {})).toContain("DualstackCertificateNotTrusted");
  });
});

/** "as expected" where these alerts fire in the end, once each, and no other; otherwise what promtool says. */
async function whereFiring(expected: readonly string[], metrics: Metrics): Promise<string> {
  const series = Object.entries({ ...healthy, ...metrics }).filter(([, values]) => values !== undefined);
  const test = {
    interval: "1m",
    input_series: series.map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: `${minutes}m`,
        exp_samples: expected.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
      },
    ],
  };
  const file = join(folder, "test.yaml");
  await writeFile(file, stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [test] }));
  const { code, stdout, stderr } = await prometheus("test", "rules", file);
  return code === 0 ? "as expected" : stdout + stderr;
}

function prometheus(...args: readonly string[]): Promise<Result> {
  return run(promtool, args, { env: bareEnvironment(folder) });
}

function always(value: number, times = minutes + 1): string {
  return Array(times).fill(value).join(" ");
}

/** A counter. */
function rising(perMinute: number): string {
  return `0+${perMinute}x${minutes}`;
}
