/** A Helm release without cert-manager, in a namespace of another name: the program, told what its pod is told, with the rights that the release gives. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { at, list } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { chart, helmIn } from "./helm-chart.ts";
import { succeed } from "./installation.ts";
import { annotationsOf, expectSuccess, nlb, service } from "./kubernetes.ts";
import type { Stored } from "./kubernetes.ts";
import { toYaml } from "./overlay.ts";
import { createNest } from "./processes.ts";
import { everywhere } from "./self-managed.ts";
import { freePort, startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";

const main = join(import.meta.dirname, "..", "..", "src", "main.ts");
const namespace = "load-balancers";
const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const within = { timeout: 90_000, interval: 200 };

it("becomes ready, is called, fills a Service in, and outlives an upgrade", { timeout: 600_000 }, async () => {
  const plane = await startControlPlane();
  onTestFinished(() => plane.stop());
  const nest = await createNest();
  onTestFinished(() => nest.remove());
  const helm = await helmIn(plane);
  const release = ["dualstack-webhook", chart, "--namespace=default"];
  const values = ["--set=certificates.mode=SelfManaged", `--set=namespace.name=${namespace}`];
  await expectSuccess(helm("install", ...release, ...values));

  const [port, healthPort] = [await freePort(), await freePort()];
  await leadHere(plane, port);
  const { args, environment } = await asItsPod(plane, join(nest.folder, "service-account"));
  const own = [`--listen=127.0.0.1:${port}`, `--health-listen=127.0.0.1:${healthPort}`];
  const webhook = await nest.launch("webhook", process.execPath, [main, ...args, ...own], environment);
  const ready = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz?verbose`).then((each) => each.text(), String);
    return webhook.ended() ?? answer;
  };
  await expect.poll(ready, within).toMatch(/\[\+\]certificate ok\n[^]*readyz check passed/);
  const definition = "crd/loadbalancerpolicies.dualstack.dev";
  await expectSuccess(plane.kubectl(["wait", "--for=condition=Established", definition]));
  await succeed(plane, ["create", "-f", "-"], toYaml([everywhere]));
  await expectSuccess(plane.kubectl(["wait", "--for=condition=Accepted", "--timeout=30s", "lbpolicy", "everywhere"]));
  // By its own dry runs, in the one namespace where it may make any.
  await expect.poll(ready, within).toMatch(/\[\+\]canary ok: proved/);

  await expectSuccess(plane.kubectl(["create", "namespace", "shop"]));
  await succeed(plane, ["create", "-f", "-"], toYaml([service("shop")]));
  const stored = (await read(plane, "service", "web", "--namespace=shop")) as unknown as Stored;
  expect(annotationsOf(stored)).toMatchObject({ [`${nlb}-scheme`]: "internal" });
  expect(await readFile(join(nest.folder, "webhook.log"), "utf8")).not.toMatch(/forbidden|"status":403/i);

  const before = await Promise.all([secretOf(plane), ...kinds.map((kind) => bundlesOf(plane, kind))]);
  expect(Object.keys(Object(before[0]))).toEqual(["ca.crt", "ca.key", "tls.crt", "tls.key"]);
  await expectSuccess(helm("upgrade", ...release, ...values, "--set=replicas=2"));
  expect(await Promise.all([secretOf(plane), ...kinds.map((kind) => bundlesOf(plane, kind))])).toEqual(before);
});

/** The Service leads to this machine by its name, and the webhook configurations to the port, which an ExternalName cannot map. */
async function leadHere(plane: ControlPlane, port: number): Promise<void> {
  const { apiVersion, kind, metadata } = await read(plane, "service", "dualstack-webhook", `--namespace=${namespace}`);
  await expectSuccess(plane.kubectl(["delete", "service", metadata.name, `--namespace=${namespace}`]));
  const spec = { type: "ExternalName", externalName: "localhost" };
  await succeed(
    plane,
    ["create", "-f", "-"],
    toYaml([{ apiVersion, kind, metadata: { name: metadata.name, namespace }, spec }]),
  );
  for (const each of kinds) {
    const { length } = list(await read(plane, each, "dualstack-webhook"), "webhooks");
    const patch = Array.from({ length }, (_, index) => ({
      op: "replace",
      path: `/webhooks/${index}/clientConfig/service/port`,
      value: port,
    }));
    await succeed(plane, ["patch", each, "dualstack-webhook", "--type=json", `--patch=${JSON.stringify(patch)}`], "");
  }
}

/** What its Deployment tells the program, less its addresses, and what the kubelet puts into a pod of it. */
async function asItsPod(plane: ControlPlane, folder: string) {
  const pod = at(
    await read(plane, "deployment", "dualstack-webhook", `--namespace=${namespace}`),
    "spec",
    "template",
    "spec",
  );
  const told = list(pod, "containers", 0, "args").map(String);
  const account = String(at(pod, "serviceAccountName"));
  const { stdout: token } = await expectSuccess(
    plane.kubectl(["create", "token", account, `--namespace=${namespace}`]),
  );
  await mkdir(folder);
  await writeFile(join(folder, "token"), token.trim());
  await writeFile(join(folder, "ca.crt"), plane.caPem);
  await writeFile(join(folder, "namespace"), namespace);
  const { hostname, port } = new URL(plane.url);
  return {
    args: [...told.filter((arg) => !/^--(health-)?listen=/.test(arg)), `--service-account-dir=${folder}`],
    environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
  };
}

async function secretOf(plane: ControlPlane): Promise<unknown> {
  return at(await read(plane, "secret", "dualstack-webhook-ca", `--namespace=${namespace}`), "data");
}

async function bundlesOf(plane: ControlPlane, kind: string): Promise<unknown> {
  const webhooks = list(await read(plane, kind, "dualstack-webhook"), "webhooks");
  return webhooks.map((entry) => at(entry, "clientConfig", "caBundle"));
}

async function read(plane: ControlPlane, kind: string, name: string, ...options: readonly string[]): Promise<Manifest> {
  const { stdout } = await expectSuccess(plane.kubectl(["get", kind, name, ...options, "-o", "json"]));
  return JSON.parse(stdout) as Manifest;
}
