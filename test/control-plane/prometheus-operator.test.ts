/** What stands in deploy/monitoring, against the Prometheus Operator's own CRDs: a misspelt field would be an alert that never comes. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { at, deploy, overlays, pick } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { alerts } from "../deploy/monitoring.ts";
import { helmIn, manifestsOf, nameOf, renderChart } from "./helm-chart.ts";
import type { Helm } from "./helm-chart.ts";
import { expectSuccess } from "./kubernetes.ts";
import { needsCertManager, toYaml } from "./overlay.ts";
import type { Result } from "./processes.ts";
import { findPrometheusOperatorCrds } from "./published-crds.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";

/** A first call on this machine downloads the module and builds helm, unless run.ts has done so. */
const preparedWithin = 600_000;

let plane: ControlPlane;
let helm: Helm;
/** By the name of the overlay. */
let withMonitoring: ReadonlyMap<string, readonly Manifest[]>;
beforeAll(async () => {
  const crds = (await findPrometheusOperatorCrds()).flatMap((file) => ["-f", file]);
  plane = await startControlPlane();
  helm = await helmIn(plane);
  await expectSuccess(plane.kubectl(["create", ...crds]));
  await expectSuccess(plane.kubectl(["wait", "--for=condition=Established", ...crds]));
  withMonitoring = new Map(await Promise.all(overlays.map(async (name) => [name, await rendered(name)] as const)));
  const namespaces = [...withMonitoring.values()].flat().filter(({ kind }) => kind === "Namespace");
  await expectSuccess(plane.kubectl(["apply", "-f", "-"], { stdin: toYaml(namespaces) }));
  return () => plane.stop();
}, preparedWithin);

it.each(overlays)("%s with the component is taken strictly, all of it", async (name) => {
  const manifests = (withMonitoring.get(name) ?? []).filter((manifest) => !needsCertManager(manifest));
  const applied = await dryRun(manifests);
  expect(applied).toMatchObject({ code: 0, stderr: "" });
  expect(applied.stdout.trimEnd().split("\n")).toHaveLength(manifests.length);
  expect(manifests.filter(needsPrometheusOperator).map(nameOf)).toEqual([
    "PrometheusRule dualstack-system/dualstack-webhook",
    "ServiceMonitor dualstack-system/dualstack-webhook",
  ]);
});

it("what is stored is what was applied: nothing was dropped, and each alert is there", async () => {
  for (const manifest of monitored()) {
    await expectSuccess(plane.kubectl(["apply", "--validate=strict", "-f", "-"], { stdin: toYaml([manifest]) }));
    const stored = await expectSuccess(
      plane.kubectl(["get", manifest.kind, manifest.metadata.name, "-n", "dualstack-system", "-o", "json"]),
    );
    expect(at(JSON.parse(stored.stdout), "spec")).toEqual(at(manifest, "spec"));
  }
  expect(JSON.stringify(monitored()).match(/"alert":/g)).toHaveLength(alerts.length);
});

it("what the chart makes is taken strictly, with labels of one's own", async () => {
  const labels = { release: "kube-prometheus-stack" };
  const set = ["monitoring.enabled=true", `monitoring.labels=${JSON.stringify(labels)}`];
  const manifests = (await renderChart(helm, ...set)).filter(needsPrometheusOperator);
  expect(manifests.map(({ kind }) => kind).toSorted()).toEqual(["PrometheusRule", "ServiceMonitor"]);
  for (const { metadata } of manifests) expect(metadata.labels).toMatchObject(labels);
  expect(await dryRun(manifests)).toMatchObject({ code: 0, stderr: "" });
});

describe("what would be noticed", () => {
  it.each([
    [
      "ServiceMonitor",
      "a field that does not exist",
      '"interval":',
      '"intervall":',
      'unknown field "spec.endpoints[0].i',
    ],
    ["ServiceMonitor", "a value that is none", '"interval":"30s"', '"interval":"half a minute"', "should match"],
    [
      "PrometheusRule",
      "a field that does not exist",
      '"expr":',
      '"expression":',
      'unknown field "spec.groups[0].rules[',
    ],
    ["PrometheusRule", "a value that is none", '"for":"5m"', '"for":"5 minutes"', "should match"],
  ])("%s: %s", async (kind, _, from, to, complaint) => {
    const right = JSON.stringify(pick(monitored(), kind));
    expect(right).toContain(from);
    const refused = await dryRun([JSON.parse(right.replace(from, to)) as Manifest]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(complaint) });
  });
});

/** By kubectl, as an overlay of one's own that names the component. */
async function rendered(overlay: string): Promise<readonly Manifest[]> {
  // Without links in its path, which kustomize resolves before it goes up from there.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "monitoring-")));
  try {
    const [base, component] = [join("overlays", overlay), "monitoring"].map((path) =>
      relative(folder, join(deploy, path)),
    );
    await writeFile(join(folder, "kustomization.yaml"), toYaml([{ resources: [base], components: [component] }]));
    return manifestsOf((await expectSuccess(plane.kubectl(["kustomize", folder]))).stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function monitored(): readonly Manifest[] {
  return (withMonitoring.get("cluster-wide") ?? []).filter(needsPrometheusOperator);
}

function dryRun(manifests: readonly Manifest[]): Promise<Result> {
  return plane.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], { stdin: toYaml(manifests) });
}

function needsPrometheusOperator({ apiVersion }: Manifest): boolean {
  return apiVersion.startsWith("monitoring.coreos.com/");
}
