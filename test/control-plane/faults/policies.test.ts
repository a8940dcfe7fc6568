/** Policies that are objects of the cluster, while the way to the API server is broken. What a deletion does is in live-policies.test.ts. */
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { expectSuccess, service } from "../kubernetes.ts";
import { freePort } from "../start.ts";
import { readiness, schemeIn, startFaultyCluster } from "./faulty-cluster.ts";
import type { FaultyCluster } from "./faulty-cluster.ts";

let cluster: FaultyCluster;
beforeAll(async () => {
  cluster = await startFaultyCluster({ policies: "cluster" });
  await cluster.namespace("shop");
  return () => cluster.stop();
});

const heals = { timeout: 30_000, interval: 100 };

async function apply(name: string, scheme: string, priority: number): Promise<void> {
  const service = { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: scheme } };
  const spec = { namespaceSelector: {}, priority, service };
  const policy = { apiVersion: "dualstack.dev/v1alpha1", kind: "LoadBalancerPolicy", metadata: { name }, spec };
  await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(policy) }));
}

function remove(name: string): Promise<unknown> {
  return expectSuccess(cluster.plane.kubectl(["delete", "lbpolicy", name]));
}

describe("the API server cannot be reached", () => {
  it("while a policy is deleted and another one changed: both count once it can", async () => {
    await apply("first", "internal", 1);
    await apply("second", "internet-facing", 2);
    await expect.poll(() => schemeIn(cluster, "shop"), heals).toBe("internet-facing");

    cluster.link.leadTo(await freePort());
    cluster.link.cut();
    try {
      await remove("second");
      expect(await schemeIn(cluster, "shop")).toBe("internet-facing");
      expect((await readiness(cluster)).status).toBe(200);
    } finally {
      cluster.link.leadTo(cluster.gateway.port);
    }
    await expect.poll(() => schemeIn(cluster, "shop"), heals).toBe("internal");

    cluster.link.stall("open");
    await apply("first", "internet-facing", 1);
    expect(await schemeIn(cluster, "shop")).toBe("internal");
    cluster.link.flow();
    await expect.poll(() => schemeIn(cluster, "shop"), heals).toBe("internet-facing");
  });

  it("while the webhook starts: nothing is decided without policies and namespaces, and it heals", async () => {
    await apply("first", "internal", 1);
    await expect.poll(() => schemeIn(cluster, "shop"), heals).toBe("internal");
    await cluster.webhook.kill();
    cluster.link.leadTo(await freePort());
    try {
      await cluster.webhook.launch();
      await expect.poll(() => readiness(cluster).then(({ status }) => status, String), heals).toBe(503);
      expect(await cluster.create(service("shop"))).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('failed calling webhook "services.validate.dualstack.dev"'),
      });
      const plain = service("shop", { metadata: { name: "plain" }, spec: { type: "ClusterIP" } });
      expect(await cluster.create(plain)).toMatchObject({ code: 0, stderr: "" });
      expect((await readiness(cluster)).body).toContain(
        "[-]namespaces failed: the namespaces have not been listed yet",
      );
    } finally {
      cluster.link.leadTo(cluster.gateway.port);
    }
    await expect.poll(() => readiness(cluster), heals).toEqual({ status: 200, body: "ok" });
    expect(await schemeIn(cluster, "shop")).toBe("internal");
  });
});

it.each([
  { what: "page", answer: { status: 404, body: "<html>no such page</html>" } },
  { what: "text", answer: { status: 404, body: "404 page not found\n" } },
])("a proxy's 404, as a $what, takes no policy out of force", async ({ answer }) => {
  await apply("first", "internal", 1);
  await expect.poll(() => schemeIn(cluster, "shop"), heals).toBe("internal");
  const before = cluster.gateway.requests.length;
  cluster.gateway.intercept(() => answer);
  onTestFinished(() => cluster.gateway.passOn());
  cluster.link.cut();
  const asked = () =>
    cluster.gateway.requests.slice(before).filter(({ path }) => path.includes("loadbalancerpolicies"));
  await expect.poll(() => asked().length, heals).toBeGreaterThan(1);
  expect(await schemeIn(cluster, "shop")).toBe("internal");
  expect((await readiness(cluster)).status).toBe(200);

  cluster.gateway.passOn();
  await apply("first", "internet-facing", 1);
  await expect.poll(() => schemeIn(cluster, "shop"), heals).toBe("internet-facing");
});
