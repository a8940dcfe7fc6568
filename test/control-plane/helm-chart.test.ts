/** The Helm chart: the same objects as the overlays, and a release's whole life. */
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { at, deploy, list, pick } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { chart, helmIn, manifestsOf, nameOf, renderChart } from "./helm-chart.ts";
import type { Helm } from "./helm-chart.ts";
import { expectSuccess } from "./kubernetes.ts";
import { needsCertManager, readOverlay, toYaml } from "./overlay.ts";
import { findCertManagerCrds } from "./published-crds.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";

let plane: ControlPlane;
let helm: Helm;
beforeAll(async () => {
  plane = await startControlPlane();
  helm = await helmIn(plane);
  for (const crd of await findCertManagerCrds()) await expectSuccess(plane.kubectl(["create", "-f", crd]));
  return () => plane.stop();
}, 600_000);

describe("the objects", () => {
  it.each([
    ["cluster-wide", []],
    ["opt-in", ['scope="OptIn"']],
  ] as const)("are those of the overlay %s, field by field", async (overlay, set) => {
    const [ofChart, { manifests }] = await Promise.all([renderChart(helm, ...set), readOverlay(plane, overlay)]);
    expect(byName(ofChart)).toEqual(byName(manifests.map(kept)));
  });

  it.each([
    ["monitoring", "monitoring.enabled=true"],
    ["events", "events.enabled=true"],
    ["components/self-managed-certificates", 'certificates.mode="SelfManaged"'],
  ])("are those of an overlay with the component %s where %s", async (component, set) => {
    const folder = await temporaryFolder();
    const [overlay, added] = ["overlays/cluster-wide", component].map((name) => relative(folder, join(deploy, name)));
    await writeFile(join(folder, "kustomization.yaml"), toYaml([{ resources: [overlay], components: [added] }]));
    const { stdout } = await expectSuccess(plane.kubectl(["kustomize", folder]));
    // Where kustomize has taken away the last one of a list it leaves the list, which says nothing.
    const left = new Set([
      '"annotations":{},',
      '"volumeMounts":[],',
      ',"volumes":[]',
      ',"annotations":{}',
      ',"volumeMounts":[]',
    ]);
    const text = JSON.stringify(manifestsOf(stdout).map(kept));
    const withoutEmpty = [...left].reduce((all, each) => all.replaceAll(each, ""), text);
    const ofChart = await renderChart(helm, set);
    expect(byName(ofChart)).toEqual(byName(JSON.parse(withoutEmpty) as Manifest[]));
  });

  it("stand in the namespace that is given, and in no other", async () => {
    const ofChart = await renderChart(helm, 'namespace.name="load-balancers"');
    const { manifests } = await readOverlay(plane, "cluster-wide");
    const moved = JSON.parse(JSON.stringify(manifests).replaceAll("dualstack-system", "load-balancers")) as Manifest[];
    expect(byName(ofChart)).toEqual(byName(moved.map(kept)));
  });

  it("are made by a chart in which helm finds no fault", async () => {
    const { stdout } = await expectSuccess(helm("lint", "--strict", chart));
    expect(stdout).toContain("0 chart(s) failed");
  });
});

describe("a release", () => {
  const release = "dualstack-webhook";
  const onto = "--namespace=default";
  const live = async (manifest: Manifest): Promise<Manifest | undefined> => {
    const { kind, metadata, apiVersion } = manifest;
    const group = apiVersion.includes("/") ? `.${apiVersion.replace(/\/.*/, "")}` : "";
    const namespace = metadata.namespace === undefined ? [] : [`--namespace=${metadata.namespace}`];
    const { code, stdout } = await plane.kubectl(["get", `${kind}${group}`, metadata.name, ...namespace, "-o", "json"]);
    return code === 0 ? (JSON.parse(stdout) as Manifest) : undefined;
  };
  const configurations = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
  const entries = async (): Promise<readonly unknown[]> => {
    const manifests = await renderChart(helm);
    const found = await Promise.all(configurations.map(async (kind) => live(pick(manifests, kind))));
    return found.flatMap((configuration) => list(configuration, "webhooks"));
  };

  const policy = {
    apiVersion: "dualstack.dev/v1alpha1",
    kind: "LoadBalancerPolicy",
    metadata: { name: "internal", labels: { team: "web" } },
    spec: { service: { scheme: { default: "internal" } } },
  };
  /** The chart of a version whose policies have one more column. */
  const newerChart = async (): Promise<string> => {
    const folder = await temporaryFolder();
    await cp(chart, folder, { recursive: true });
    const file = join(folder, "templates", "00-crd.yaml");
    const text = await readFile(file, "utf8");
    expect(text).toContain("- name: Mode\n");
    await writeFile(file, text.replace("- name: Mode\n", "- name: Newer\n"));
    return folder;
  };

  /** As cert-manager's injector does. */
  const inject = async (caBundle: string, manifests: readonly Manifest[]): Promise<void> => {
    for (const kind of configurations) {
      const { length } = list(pick(manifests, kind), "webhooks");
      const patch = Array.from({ length }, (_, index) => ({
        op: "add",
        path: `/webhooks/${index}/clientConfig/caBundle`,
        value: caBundle,
      }));
      await expectSuccess(plane.kubectl(["patch", kind, release, "--type=json", `--patch=${JSON.stringify(patch)}`]));
    }
  };

  it("cannot have its record in the namespace that it makes, and says so before it makes anything", async () => {
    for (const more of [[], ["--create-namespace"]]) {
      const refused = await helm("install", release, chart, "--namespace=dualstack-system", ...more);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--set namespace.create=false") });
    }
    for (const manifest of await renderChart(helm)) expect(await live(manifest)).toBeUndefined();
  });

  it("is installed, changed, taken back and removed, and what cert-manager fills in stays", async () => {
    const [, ...inReadme] = /^helm install .*$/m.exec(await readFile("README.md", "utf8"))?.[0].split(" ") ?? [];
    await expectSuccess(helm(...inReadme));
    const manifests = await renderChart(helm);
    for (const manifest of manifests) expect(await live(manifest)).toMatchObject(manifest);

    const caBundle = Buffer.from("a certificate").toString("base64");
    await inject(caBundle, manifests);
    const definition = ["crd", "loadbalancerpolicies.dualstack.dev"];
    await expectSuccess(plane.kubectl(["wait", "--for=condition=Established", definition.join("/")]));
    await expectSuccess(plane.kubectl(["create", "-f", "-"], { stdin: toYaml([policy]) }));
    const before = await Promise.all(manifests.map(live));
    await expectSuccess(helm("upgrade", release, chart, onto));
    expect(await Promise.all(manifests.map(live))).toEqual(before);

    await expectSuccess(helm("upgrade", release, chart, onto, "--set=scope=OptIn,replicas=2"));
    const optIn = { key: "dualstack.dev/inject", operator: "In", values: ["enabled"] };
    const scopes = async (): Promise<readonly unknown[]> =>
      (await entries())
        .filter((entry) => at(entry, "name") !== "policies.validate.dualstack.dev")
        .map((entry) => at(entry, "namespaceSelector", "matchExpressions", 1));
    expect(new Set((await scopes()).map((scope) => JSON.stringify(scope)))).toEqual(new Set([JSON.stringify(optIn)]));
    const deployment = pick(manifests, "Deployment");
    expect(at(await live(deployment), "spec", "replicas")).toBe(2);

    await expectSuccess(helm("rollback", release, "1", onto));
    expect(await scopes()).not.toContainEqual(optIn);
    expect(at(await live(deployment), "spec", "replicas")).toBe(3);
    for (const entry of await entries()) expect(at(entry, "clientConfig", "caBundle")).toBe(caBundle);

    // Pods of before go on to be trusted.
    const selfManaged = 'certificates.mode="SelfManaged"';
    await expectSuccess(helm("upgrade", release, chart, onto, `--set-json=${selfManaged}`));
    for (const entry of await entries()) expect(at(entry, "clientConfig", "caBundle")).toBe(caBundle);
    for (const manifest of await renderChart(helm, selfManaged)) expect(await live(manifest)).toMatchObject(manifest);
    for (const kind of configurations) {
      expect(JSON.stringify((await live(pick(manifests, kind)))?.metadata)).not.toContain("inject-ca-from");
    }
    for (const manifest of manifests.filter(needsCertManager)) expect(await live(manifest)).toBeUndefined();
    await expectSuccess(helm("rollback", release, "1", onto));

    const newer = await newerChart();
    await expectSuccess(helm("upgrade", release, newer, onto));
    const columns = ["get", ...definition, "-o", "jsonpath={.spec.versions[0].additionalPrinterColumns[*].name}"];
    expect((await plane.kubectl(columns)).stdout).toContain("Newer");

    await expectSuccess(helm("uninstall", release, onto));
    // Only the namespace controller, which is not here, ends a namespace.
    const left = async (manifest: Manifest): Promise<boolean> =>
      at(await live(manifest), "metadata", "deletionTimestamp") === undefined && (await live(manifest)) !== undefined;
    const leftOver = await Promise.all(manifests.map(async (each) => ((await left(each)) ? [nameOf(each)] : [])));
    expect(leftOver.flat()).toEqual(["CustomResourceDefinition /loadbalancerpolicies.dualstack.dev"]);
    expect(await live(policy)).toMatchObject(policy);
  });
});

async function temporaryFolder(): Promise<string> {
  // Without links in its path, which kustomize resolves before it goes up from there.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "chart-")));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** The one thing that only Helm is told: what helm uninstall leaves. */
function kept(manifest: Manifest): Manifest {
  if (manifest.kind !== "CustomResourceDefinition") return manifest;
  expect(manifest.metadata).not.toHaveProperty("annotations");
  const metadata = { ...manifest.metadata, annotations: { "helm.sh/resource-policy": "keep" } };
  return { ...manifest, metadata };
}

function byName(manifests: readonly Manifest[]): Readonly<Record<string, Manifest>> {
  const named = manifests.map((manifest) => [nameOf(manifest), manifest] as const);
  expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
  return Object.fromEntries(named);
}
