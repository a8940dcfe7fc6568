/** The values of the Helm chart: each does what it says, and a misspelt one is refused. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { at, list, pick } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { chart, helmIn, renderChart } from "./helm-chart.ts";
import type { Helm } from "./helm-chart.ts";
import { expectSuccess } from "./kubernetes.ts";
import { needsCertManager, readOverlay, toYaml } from "./overlay.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";

let plane: ControlPlane;
let helm: Helm;
beforeAll(async () => {
  plane = await startControlPlane();
  helm = await helmIn(plane);
  return () => plane.stop();
}, 600_000);

const image = ofPod("containers", 0, "image");
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** A value as `name=JSON`, after an ampersand others that it needs; what is then to be found, and where. */
type Case = readonly [set: string, expected: unknown, read: (manifests: readonly Manifest[]) => unknown];

const cases: readonly Case[] = [
  ['scope="OptIn"', "--scope=OptIn", (manifests) => args(manifests).at(-1)],
  [
    "excludedNamespaces=[]",
    [["--exclude-namespace=dualstack-system"], ["dualstack-system"]],
    (manifests) => [
      args(manifests).filter((arg) => String(arg).startsWith("--exclude-namespace")),
      at(entry(manifests, "ingresses.mutate.dualstack.dev"), "namespaceSelector", "matchExpressions", 0, "values"),
    ],
  ],
  [
    'namespace.name="load-balancers"',
    "load-balancers",
    (manifests) => pick(manifests, "Deployment").metadata.namespace,
  ],
  [
    "namespace.create=false",
    [],
    (manifests) => manifests.filter(({ kind, metadata }) => kind === "Namespace" && metadata.name.endsWith("-system")),
  ],
  ["crds.install=false", 0, (manifests) => manifests.filter(isDefinition).length],
  ["crds.keep=false", [undefined], (manifests) => manifests.filter(isDefinition).map(annotations)],
  [
    'certificates.mode="SelfManaged"',
    [0, ["Secret"]],
    (manifests) => [
      manifests.filter(needsCertManager).length,
      manifests.map(({ kind }) => kind).filter((kind) => kind === "Secret"),
    ],
  ],
  ["events.enabled=true", "--events", (manifests) => args(manifests).at(-1)],
  ['image.repository="example.com/mirror/webhook"', "example.com/mirror/webhook:0.1.0", image],
  ['image.tag="0.1.0-debug"', "dualstack-webhook:0.1.0-debug", image],
  [`image.digest="${digest}"`, `dualstack-webhook@${digest}`, image],
  ['image.pullSecrets=[{"name":"mirror"}]', [{ name: "mirror" }], ofPod("imagePullSecrets")],
  ["replicas=5", 5, (manifests) => at(pick(manifests, "Deployment"), "spec", "replicas")],
  [
    'extraArgs=["--controllers=aws-load-balancer-controller","--log-level=debug"]',
    ["--scope=ClusterWide", "--controllers=aws-load-balancer-controller", "--log-level=debug"],
    (manifests) => args(manifests).slice(-3),
  ],
  [
    'resources={"requests":{"memory":"300Mi"}}',
    { requests: { cpu: "100m", memory: "300Mi" }, limits: { memory: "512Mi" } },
    ofPod("containers", 0, "resources"),
  ],
  ['priorityClassName="system-node-critical"', "system-node-critical", ofPod("priorityClassName")],
  ['nodeSelector={"pool":"system"}', { pool: "system" }, ofPod("nodeSelector")],
  ['tolerations=[{"operator":"Exists"}]', [{ operator: "Exists" }], ofPod("tolerations")],
  [
    'podAnnotations={"sidecar.istio.io/inject":"false"}',
    { "sidecar.istio.io/inject": "false" },
    (manifests) => at(pick(manifests, "Deployment"), "spec", "template", "metadata", "annotations"),
  ],
  ['failurePolicies.services="Ignore"', ["Ignore", "Ignore"], failurePolicies],
  ['failurePolicies.ingresses="Fail"', ["Fail", "Fail"], failurePolicies],
  [
    'foreignIngressClasses=["nginx","nginx-internal"]',
    ["nginx", "nginx-internal"],
    (manifests) => {
      const [, names = ""] = /name in \[([^\]]*)\]/.exec(classCondition(manifests)) ?? [];
      return [...names.matchAll(/'([^']+)'/g)].map(([, name]) => name);
    },
  ],
  ["foreignIngressClasses=[]", true, (manifests) => /name in \[\s*\]/.test(classCondition(manifests))],
  [
    "monitoring.enabled=true",
    ["ConfigMap", "PrometheusRule", "Service", "ServiceMonitor"],
    (manifests) =>
      manifests
        .filter(isOfMonitoring)
        .map(({ kind }) => kind)
        .toSorted(),
  ],
  [
    'monitoring.labels={"release":"stack"} & monitoring.enabled=true',
    ["stack", "stack"],
    (manifests) => manifests.filter(needsPrometheusOperator).map(({ metadata }) => metadata.labels["release"]),
  ],
  [
    "networkPolicy.apiServerPorts=[8443]",
    [{ port: 8443, protocol: "TCP" }],
    (manifests) => at(pick(manifests, "NetworkPolicy"), "spec", "egress", 0, "ports"),
  ],
  [
    'networkPolicy.metricsNamespace="observability"',
    { matchLabels: { "kubernetes.io/metadata.name": "observability" } },
    (manifests) => at(pick(manifests, "NetworkPolicy"), "spec", "ingress", 1, "from", 0, "namespaceSelector"),
  ],
];

it.each(cases)("%s does what it says, and the API server takes it", async (set, expected, read) => {
  expect(read(await renderChart(helm))).not.toEqual(expected);
  const manifests = await renderChart(helm, ...set.split(" & "));
  expect(read(manifests)).toEqual(expected);

  const namespaces = (await readOverlay(plane, "cluster-wide")).manifests
    .filter(({ kind }) => kind === "Namespace")
    .map((namespace) => [namespace, { ...namespace, metadata: { name: "load-balancers" } }]);
  await expectSuccess(plane.kubectl(["apply", "-f", "-"], { stdin: toYaml(namespaces.flat()) }));
  const applied = await plane.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], {
    stdin: toYaml(manifests.filter((manifest) => !needsCertManager(manifest) && !needsPrometheusOperator(manifest))),
  });
  expect(applied).toMatchObject({ code: 0, stderr: "" });
});

it("there is a case for each value", () => {
  const values: unknown = parse(readFileSync(join(chart, "values.yaml"), "utf8"));
  const tried = cases.map(([set]) => set.replace(/=.*/, ""));
  expect(new Set(tried)).toEqual(new Set(leaves(values, "", new Set(tried))));
});

it.each([
  ['scope="Everywhere"', "scope"],
  ["replica=5", "replica"],
  ["replicas=0", "replicas"],
  ['namespace.nam="x"', "nam"],
  ['failurePolicies.backends="Fail"', "backends"],
  ['image.digest="latest"', "digest"],
  ['extraArgs=["controllers"]', "extraArgs"],
  [`foreignIngressClasses=["it's"]`, "foreignIngressClasses"],
  ['resources={"limit":{"memory":"1Gi"}}', "limit"],
])("%s is refused, and the message names the field", async (set, named) => {
  const { code, stderr } = await helm("template", "dualstack-webhook", chart, `--set-json=${set}`);
  expect(code).toBe(1);
  expect(stderr).toContain("values don't meet the specifications of the schema");
  expect(stderr).toContain(named);
});

function ofPod(...path: readonly (string | number)[]) {
  return (manifests: readonly Manifest[]): unknown =>
    at(pick(manifests, "Deployment"), "spec", "template", "spec", ...path);
}

function args(manifests: readonly Manifest[]): readonly unknown[] {
  return list(ofPod("containers", 0)(manifests), "args");
}

function entry(manifests: readonly Manifest[], name: string): unknown {
  return ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]
    .flatMap((kind) => list(pick(manifests, kind), "webhooks"))
    .find((candidate) => at(candidate, "name") === name);
}

function isDefinition({ kind }: Manifest): boolean {
  return kind === "CustomResourceDefinition";
}

function isOfMonitoring(manifest: Manifest): boolean {
  const { kind, metadata } = manifest;
  return needsPrometheusOperator(manifest) || kind === "ConfigMap" || metadata.name.endsWith("-metrics");
}

function needsPrometheusOperator({ apiVersion }: Manifest): boolean {
  return apiVersion.startsWith("monitoring.coreos.com/");
}

function annotations(manifest: Manifest): unknown {
  return at(manifest, "metadata", "annotations");
}

function failurePolicies(manifests: readonly Manifest[]): unknown {
  return ["services", "ingresses"].map((kind) =>
    at(entry(manifests, `${kind}.validate.dualstack.dev`), "failurePolicy"),
  );
}

function classCondition(manifests: readonly Manifest[]): string {
  return String(at(entry(manifests, "ingresses.validate.dualstack.dev"), "matchConditions", 0, "expression"));
}

/** The paths of the values; what a case sets as a whole is one. */
function leaves(value: unknown, path: string, whole: ReadonlySet<string>): readonly string[] {
  if (whole.has(path) || typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`, whole));
}
