/** The token of the program's service account becomes invalid, as it does where the kubelet was too late to replace it. */
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { expectSuccess, service, startCluster } from "../kubernetes.ts";
import type { Cluster } from "../kubernetes.ts";
import type { ControlPlane } from "../start.ts";
import { tcpProxy } from "../tcp-proxy.ts";
import type { TcpProxy } from "../tcp-proxy.ts";
import { pick, picking, readiness, restarts, schemeIn, twoPolicies } from "./faulty-cluster.ts";

let cluster: Cluster;
let link: TcpProxy;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "service-account-"));
  cluster = await startCluster({
    ...twoPolicies,
    async connection(plane) {
      link = await tcpProxy(Number(new URL(plane.url).port));
      await writeFile(join(folder, "ca.crt"), plane.caPem);
      await giveToken(plane, "first");
      return {
        flags: ["--in-cluster", `--service-account-dir=${folder}`],
        environment: { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(link.port) },
      };
    },
  });
  return async () => {
    await cluster.stop();
    link.close();
    await rm(folder, { recursive: true });
  };
});

const heals = { timeout: 30_000, interval: 100 };
const system = "--namespace=dualstack-system";

/** A token that is valid for as long as a Secret of that name exists, written as the kubelet does: whole or not at all. */
async function giveToken(plane: ControlPlane, name: string): Promise<void> {
  await expectSuccess(plane.kubectl([system, "create", "secret", "generic", name]));
  const bound = ["--bound-object-kind=Secret", `--bound-object-name=${name}`];
  const { stdout } = await expectSuccess(plane.kubectl([system, "create", "token", "dualstack-webhook", ...bound]));
  await writeFile(join(folder, "next"), stdout.trim(), { mode: 0o600 });
  await rename(join(folder, "next"), join(folder, "token"));
}

/** Makes a token invalid, and waits until the API server, which remembers for ten seconds whom it has let in, refuses it. */
async function revoke(name: string, token: string): Promise<void> {
  await expectSuccess(cluster.plane.kubectl([system, "delete", "secret", name]));
  const args = ["auth", "whoami", "--kubeconfig=/dev/null", `--server=${cluster.plane.url}`, `--token=${token}`];
  const ca = `--certificate-authority=${join(folder, "ca.crt")}`;
  const said = (): Promise<string> => cluster.plane.kubectl([...args, ca]).then(({ stderr }) => stderr);
  await expect.poll(said, { timeout: 30_000, interval: 500 }).toContain("You must be logged in");
}

function currentToken(): Promise<string> {
  return readFile(join(folder, "token"), "utf8");
}

it("a token that is replaced in time is used without a word", async () => {
  const name = await picking(cluster, "rotated", "internal");
  await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
  const first = await currentToken();
  await giveToken(cluster.plane, "second");
  await revoke("first", first);
  link.cut();
  await pick(cluster, name, "public");
  await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
  expect(await restarts(cluster, "unauthorized")).toBe(0);
});

it("a token that is refused leaves the labels of before in force, and a new one heals it", async () => {
  const name = await picking(cluster, "refused", "internal");
  await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
  await revoke("second", await currentToken());
  link.cut();
  await expect.poll(() => restarts(cluster, "unauthorized"), heals).toBeGreaterThan(0);
  await pick(cluster, name, "public");
  const fresh = await picking(cluster, "refused-fresh", "internal");
  expect(await schemeIn(cluster, name)).toBe("internal");
  expect(await cluster.create(service(fresh))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('failed calling webhook "services.validate.dualstack.dev"'),
  });
  expect(await readiness(cluster)).toEqual({ status: 200, body: "ok" });

  await giveToken(cluster.plane, "third");
  await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
  await expect.poll(() => cluster.create(service(fresh)), heals).toMatchObject({ code: 0, stderr: "" });
});
