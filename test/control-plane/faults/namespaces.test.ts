/** Ten thousand namespaces, and some that go and come back as others. No controllers run: the tests take a namespace's finalizer off. */
import { Agent, request } from "node:https";
import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, service, startCluster } from "../kubernetes.ts";
import type { Cluster } from "../kubernetes.ts";
import type { ControlPlane } from "../start.ts";
import { metric, picking, readiness, schemeIn, twoPolicies } from "./faulty-cluster.ts";

const many = 10_000;
/** On two cores with nothing else to do it takes less than 2 s; other tests may run at the same time. */
const startWithinMs = 10_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(twoPolicies);
  return () => cluster.stop();
});

const heals = { timeout: 30_000, interval: 100 };

describe("a namespace", () => {
  it("that is deleted and made again with another label is the new one, at once and for good", async () => {
    const name = await picking(cluster, "reborn", "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    for (const policy of ["public", "internal", "public"] as const) {
      await remove(name);
      await picking(cluster, name, policy);
      await expect.poll(() => schemeIn(cluster, name), heals).toBe(policy === "public" ? "internet-facing" : policy);
    }
    await remove(name);
    await cluster.namespace(name);
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("");
  });

  it("that is being deleted takes no new Service, in the API server's words, and lets the old ones go", async () => {
    const name = await picking(cluster, "leaving", "internal");
    const web = service(name, { metadata: { finalizers: ["service.k8s.aws/resources"] } });
    await expect.poll(() => cluster.create(web), heals).toMatchObject({ code: 0 });
    await expectSuccess(cluster.plane.kubectl(["delete", "namespace", name, "--wait=false"]));
    const late = service(name, { metadata: { name: "late" } });
    await expect
      .poll(() => cluster.create(late).then(({ stderr }) => stderr), heals)
      .toContain(`unable to create new content in namespace ${name} because it is being terminated`);
    await expectSuccess(cluster.kubectl(name, ["delete", "service", "web", "--wait=false"]));
    expect(await cluster.patch(name, { metadata: { finalizers: null } })).toMatchObject({ code: 0, stderr: "" });
    expect(await cluster.read(web)).toBeUndefined();
  });
});

describe("ten thousand namespaces", () => {
  it("are known soon after a start, and each is decided by its own labels", async () => {
    await createMany(cluster.plane, many);
    const last = `many-${many - 1}`;
    await expect.poll(() => schemeIn(cluster, last), heals).toBe("internet-facing");

    await cluster.webhook.stop();
    const before = performance.now();
    await cluster.webhook.start();
    const ms = Math.round(performance.now() - before);
    process.stdout.write(`start to ready with ${many} namespaces: ${ms} ms\n`);
    expect(ms).toBeLessThan(startWithinMs);
    expect(await readiness(cluster)).toEqual({ status: 200, body: "ok" });
    expect(await metric(cluster, 'dualstack_watch_restarts_total{resource="namespaces",reason="too-large"}')).toBe(0);
    for (const [name, scheme] of [
      ["many-0", "internal"],
      [last, "internet-facing"],
      ["many-4998", "internal"],
    ] as const) {
      expect(await schemeIn(cluster, name)).toBe(scheme);
    }
  }, 180_000);
});

/** What the namespace controller does once nothing is left in it. */
async function remove(name: string): Promise<void> {
  await expectSuccess(cluster.plane.kubectl(["delete", "namespace", name, "--wait=false"]));
  const finalized = { apiVersion: "v1", kind: "Namespace", metadata: { name }, spec: { finalizers: [] } };
  const path = `/api/v1/namespaces/${name}/finalize`;
  const args = ["replace", "--raw", path, "-f", "-"];
  await expectSuccess(cluster.plane.kubectl(args, { stdin: JSON.stringify(finalized) }));
}

/** Named many-0 and so on; the even ones pick the internal policy, the others the public one. */
async function createMany(plane: ControlPlane, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32, ca: plane.caPem });
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const labels = { "dualstack.dev/policy": index % 2 === 0 ? "internal" : "public" };
      const status = await post(agent, plane, { metadata: { name: `many-${index}`, labels } });
      if (status !== 201) throw new Error(`The API server answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 32 }, work));
  agent.destroy();
}

function post(agent: Agent, { url, token }: ControlPlane, namespace: object): Promise<number | undefined> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/v1/namespaces`, { agent, method: "POST", headers }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode));
    });
    sent.once("error", reject);
    sent.end(JSON.stringify({ apiVersion: "v1", kind: "Namespace", ...namespace }));
  });
}
