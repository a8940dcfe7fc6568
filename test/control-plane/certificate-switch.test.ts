/** An installation with cert-manager's certificates becomes one that keeps its certificate itself, as a roll-out does it. */
import { expect, it, onTestFinished } from "vitest";
import { at, list, pick } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { certificatesIn, isSignedBy } from "../../src/server/authority/pem.ts";
import { startReplicas } from "./balancer.ts";
import { startDryRuns } from "./dry-runs.ts";
import { install, succeed } from "./installation.ts";
import { expectSuccess } from "./kubernetes.ts";
import { localConfigurations, localWorkload, toYaml } from "./overlay.ts";
import { failing, shortConnections, untilInjected } from "./rolling-restart.ts";
import { everywhere, readSelfManaged } from "./self-managed.ts";
import { startControlPlane, webhookUser } from "./start.ts";
import type { ControlPlane } from "./start.ts";

const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const within = { timeout: 60_000, interval: 200 };

it(
  "from cert-manager to a certificate of its own, under 100 calls a second: no call is lost",
  { timeout: 240_000 },
  async () => {
    const plane = await startControlPlane();
    onTestFinished(() => plane.stop());
    const flags = ["--controllers=aws-load-balancer-controller", "--shutdown-delay=2"];
    const before = await install(plane, { policies: "cluster", flags });
    onTestFinished(() => before.nest.remove());
    const replicas = await startReplicas(before, [shortConnections]);
    onTestFinished(() => replicas.close());
    await Promise.all([replicas.add(), replicas.add()]);
    const apply = (objects: readonly object[]) => succeed(plane, ["apply", "-f", "-"], toYaml(objects));
    await apply(failing(localConfigurations(before.manifests, replicas.port)));
    await injectCa(plane, before.caPem);
    await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }, everywhere]);
    await untilInjected(plane, "shop");
    const holder = await leaseHolder(plane);
    expect(holder).toBeDefined();

    const calls = startDryRuns(plane, { namespace: "shop", perSecond: 100 });
    onTestFinished(() => void calls.stop());
    const { manifests, args } = await readSelfManaged(plane, before.nest.folder);
    await apply([...localWorkload(manifests), ...failing(localConfigurations(manifests, replicas.port))]);
    const [main = ""] = before.args;
    const connection = `--kubeconfig=${plane.credentialsOf(webhookUser).kubeconfigPath}`;
    await replicas.restart([main, ...args, connection, ...flags]);
    expect(await replicas.ends()).toEqual(["exited with code 0", "exited with code 0"]);
    await expect.poll(async () => (await replicas.decisions()).slice(2), within).not.toContain(0);
    await expect.poll(() => leaseHolder(plane), within).not.toBe(holder);
    const { sent, injected, failures } = await calls.stop();
    expect(failures).toEqual([]);
    expect(injected).toBe(sent);
    expect(replicas.misdirected()).toBe(0);

    // Whoever is still called by its certificate of before stays trusted, too.
    const [old = ""] = certificatesIn(before.caPem);
    const secret = await read(plane, "Secret", "dualstack-webhook-ca", "--namespace=dualstack-system");
    const [own = ""] = certificatesIn(decoded(at(secret, "data", "ca.crt")));
    expect(isSignedBy(decoded(at(secret, "data", "tls.crt")), own)).toBe(true);
    for (const kind of kinds) {
      const configuration = await read(plane, kind, "dualstack-webhook");
      expect(JSON.stringify(configuration.metadata)).not.toContain('cert-manager.io/inject-ca-from":');
      const bundles = list(configuration, "webhooks").map((entry) =>
        certificatesIn(decoded(at(entry, "clientConfig", "caBundle"))),
      );
      expect(bundles).toEqual(list(pick(manifests, kind), "webhooks").map(() => [own, old]));
    }
  },
);

/** As cert-manager's injector does, whose field the caBundle is. */
async function injectCa(plane: ControlPlane, caPem: string): Promise<void> {
  for (const kind of kinds) {
    const configuration = await read(plane, kind, "dualstack-webhook");
    const patch = list(configuration, "webhooks").map((_, index) => ({
      op: "add",
      path: `/webhooks/${index}/clientConfig/caBundle`,
      value: Buffer.from(caPem).toString("base64"),
    }));
    const how = ["--type=json", `--patch=${JSON.stringify(patch)}`, "--field-manager=cert-manager-cainjector"];
    await succeed(plane, ["patch", kind, "dualstack-webhook", ...how], "");
  }
}

async function leaseHolder(plane: ControlPlane): Promise<unknown> {
  return at(await read(plane, "Lease", "dualstack-webhook", "--namespace=dualstack-system"), "spec", "holderIdentity");
}

async function read(plane: ControlPlane, kind: string, name: string, ...options: readonly string[]): Promise<Manifest> {
  const { stdout } = await expectSuccess(plane.kubectl(["get", kind, name, ...options, "-o", "json"]));
  return JSON.parse(stdout) as Manifest;
}

function decoded(base64: unknown): string {
  return Buffer.from(String(base64), "base64").toString();
}
