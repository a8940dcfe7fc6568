/**
 * Whatever is installed first, nothing waits for itself: at every stage only Services of type LoadBalancer may be refused,
 * and only from the moment that the API server calls us until a replica answers.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Manifest } from "../deploy/render.ts";
import { nameOf } from "./helm-chart.ts";
import { expectSuccess } from "./kubernetes.ts";
import { localConfigurations, localWorkload, readOverlay, toYaml } from "./overlay.ts";
import type { OverlayName } from "./overlay.ts";
import { findCertManagerCrds } from "./published-crds.ts";
import { freePort, startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";
import { startWebhook } from "./webhook.ts";

/** A stage is three runs of kubectl, and there are some twenty of them. */
const within = 240_000;

const orders: Readonly<Record<string, (manifests: readonly Manifest[]) => readonly Manifest[]>> = {
  "in the order of the files": (manifests) => manifests,
  "the last one first": (manifests) => manifests.toReversed(),
  "every third one": (manifests) => [2, 0, 1].flatMap((start) => manifests.filter((_, index) => index % 3 === start)),
};

let plane: ControlPlane;
async function startEmpty(): Promise<void> {
  const crds = (await findCertManagerCrds()).flatMap((file) => ["-f", file]);
  plane = await startControlPlane();
  onTestFinished(() => plane.stop());
  await expectSuccess(plane.kubectl(["create", ...crds, "-f", "test/control-plane/crds"]));
  await expectSuccess(plane.kubectl(["wait", "--for=condition=Established", "crd", "--all"]));
  await expectSuccess(plane.kubectl(["create", "-f", "-"], { stdin: toYaml(namespaces) }));
  await expectSuccess(plane.kubectl(["create", "-f", "-"], { stdin: toYaml(stored(0)) }));
}

describe.each<[OverlayName, string]>([
  ["cluster-wide", "in the order of the files"],
  ["cluster-wide", "the last one first"],
  ["opt-in", "every third one"],
])("%s, %s", (overlay, order) => {
  it("only LoadBalancer Services are ever refused", { timeout: within }, async () => {
    await startEmpty();
    const { manifests } = await readOverlay(plane, overlay);
    let stage = 0;
    let judged = false;
    const expectStage = async (): Promise<void> => {
      await expect.poll(loadBalancerIsRefused, { timeout: 20_000 }).toBe(judged);
      await expectAllElseToPass(++stage);
    };
    await expectStage();

    const ordered = orders[order]?.(await local(manifests)) ?? [];
    for (let left = ordered, before = -1; left.length > 0 && left.length !== before;) {
      before = left.length;
      const again: Manifest[] = [];
      for (const manifest of left) {
        const { code, stderr } = await plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([manifest]) });
        // Without its namespace, which comes later; so does the next attempt, of a person or of a GitOps tool.
        if (stderr.includes("(NotFound)")) {
          again.push(manifest);
          continue;
        }
        expect(code).toBe(0);
        judged ||= manifest.kind === "ValidatingWebhookConfiguration";
        await expectStage();
      }
      left = again;
    }
    expect(stage).toBe(ordered.length + 1);

    const webhook = await startWebhook(plane, { overlay });
    onTestFinished(() => webhook.remove());
    await webhook.configure();
    judged = false;
    await expectStage();
    await webhook.stop();
    judged = true;
    await expectStage();
  });
});

it("kubectl apply -k, all at once, and no replica ever comes", { timeout: within }, async () => {
  await startEmpty();
  await expectSuccess(plane.kubectl(["apply", "-k", "deploy/overlays/cluster-wide"]));
  await expect.poll(loadBalancerIsRefused, { timeout: 60_000 }).toBe(true);
  await expectAllElseToPass(1);
});

const enabled = { "dualstack.dev/inject": "enabled" };
const namespaces = [namespace("shop", enabled), namespace("apart", { "dualstack.dev/inject": "disabled" })];

async function loadBalancerIsRefused(): Promise<boolean> {
  const { code, stderr } = await create([service("shop", { type: "LoadBalancer" })], "--dry-run=server");
  if (code === 0) return false;
  expect(stderr).toContain('failed calling webhook "services.validate.dualstack.dev"');
  return true;
}

/** What is created, what is changed and what is removed. */
async function expectAllElseToPass(stage: number): Promise<void> {
  const objects = [...others, ...(await policies())];
  const created = await create(objects);
  expect(created).toMatchObject({ code: 0, stderr: expect.not.stringContaining("rror") });
  expect(created.stdout.trimEnd().split("\n")).toHaveLength(objects.length);

  const changed = await plane.kubectl(["replace", "-f", "-"], { stdin: toYaml(stored(stage)) });
  expect(changed).toMatchObject({ code: 0, stderr: expect.not.stringContaining("rror") });
  const label = ["label", "--overwrite", "service", "balanced", "-n", "shop", `stage=${stage}`];
  expect(await plane.kubectl(label)).toMatchObject({ code: 0 });
  const removed = await plane.kubectl(["delete", "service", "-n", "shop", "-l", "example.com/kept notin (true)"]);
  expect(removed).toMatchObject({ code: 0 });
}

function create(objects: readonly object[], ...args: readonly string[]) {
  return plane.kubectl(["create", "-f", "-", ...args], { stdin: toYaml(objects) });
}

/** As soon as the API server knows them. */
async function policies(): Promise<readonly object[]> {
  const { code } = await plane.kubectl(["get", "crd", "loadbalancerpolicies.dualstack.dev"]);
  if (code !== 0) return [];
  await expectSuccess(
    plane.kubectl(["wait", "--for=condition=Established", "crd", "loadbalancerpolicies.dualstack.dev"]),
  );
  return [object("dualstack.dev/v1alpha1", "LoadBalancerPolicy", { generateName: "p-" }, { spec: {} })];
}

const labels = { app: "web" };
const template = { metadata: { labels }, spec: { containers: [{ name: "web", image: "web" }] } };
const generated = { namespace: "shop", generateName: "web-" };
const issuerRef = { name: "own" };

const others: readonly object[] = [
  service("shop", { type: "ClusterIP" }),
  service("shop", { type: "ClusterIP", clusterIP: "None" }),
  service("shop", { type: "NodePort" }),
  object("v1", "Service", generated, { spec: { type: "ExternalName", externalName: "example.com" } }),
  service("kube-system", { type: "LoadBalancer" }),
  service("apart", { type: "LoadBalancer" }),
  ingress({ ingressClassName: "nginx" }),
  ingress({ ingressClassName: "alb" }),
  ingress({}),
  object("apps/v1", "Deployment", generated, { spec: { selector: { matchLabels: labels }, template } }),
  object("apps/v1", "DaemonSet", generated, { spec: { selector: { matchLabels: labels }, template } }),
  object("batch/v1", "Job", generated, { spec: { template: { spec: { ...template.spec, restartPolicy: "Never" } } } }),
  object("v1", "Pod", generated, { spec: template.spec }),
  object("v1", "ConfigMap", generated, {}),
  object("v1", "Secret", generated, {}),
  object("v1", "ServiceAccount", generated, {}),
  object("v1", "Namespace", { generateName: "team-", labels: enabled }, {}),
  object("coordination.k8s.io/v1", "Lease", generated, {}),
  object("rbac.authorization.k8s.io/v1", "Role", generated, { rules: [] }),
  object(
    "networking.k8s.io/v1",
    "IngressClass",
    { generateName: "alb-" },
    { spec: { controller: "ingress.k8s.aws/alb" } },
  ),
  object("networking.k8s.io/v1", "NetworkPolicy", generated, { spec: { podSelector: {} } }),
  object("cert-manager.io/v1", "Issuer", generated, { spec: { selfSigned: {} } }),
  object("cert-manager.io/v1", "Certificate", generated, { spec: { secretName: "web", dnsNames: ["web"], issuerRef } }),
  object("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", generated, {
    spec: { targetGroupARN: "arn:aws:elasticloadbalancing:x", serviceRef: { name: "web", port: 80 }, targetType: "ip" },
  }),
];

/** Changed at every stage, in what is judged of each but for the Service with a load balancer, whose labels change. */
function stored(stage: number): readonly object[] {
  const metadata = { namespace: "shop", name: "backend", labels: { "example.com/kept": "true" } };
  const ports = [{ port: 80 + stage }];
  const all = [
    object("v1", "Service", metadata, { spec: { type: "ClusterIP", ports } }),
    object("networking.k8s.io/v1", "Ingress", metadata, {
      spec: { defaultBackend: { service: { name: "backend", port: { number: 80 + stage } } } },
    }),
  ];
  const balanced = { ...metadata, name: "balanced" };
  return stage > 0 ? all : [...all, object("v1", "Service", balanced, { spec: { type: "LoadBalancer", ports } })];
}

/** The installation for a webhook on this machine, where nothing listens yet; everything else as it is applied. */
async function local(manifests: readonly Manifest[]): Promise<readonly Manifest[]> {
  const changed = [...localWorkload(manifests), ...localConfigurations(manifests, await freePort(), "")];
  return manifests.map((manifest) => changed.find((each) => nameOf(each) === nameOf(manifest)) ?? manifest);
}

function object(apiVersion: string, kind: string, metadata: object, rest: object): object {
  return { apiVersion, kind, metadata, ...rest };
}

function namespace(name: string, ofIt: object): object {
  return object("v1", "Namespace", { name, labels: ofIt }, {});
}

function service(inNamespace: string, spec: object): object {
  return object(
    "v1",
    "Service",
    { namespace: inNamespace, generateName: "web-" },
    { spec: { ports: [{ port: 80 }], ...spec } },
  );
}

function ingress(spec: object): object {
  const backend = { service: { name: "web", port: { number: 80 } } };
  return object("networking.k8s.io/v1", "Ingress", generated, { spec: { defaultBackend: backend, ...spec } });
}
