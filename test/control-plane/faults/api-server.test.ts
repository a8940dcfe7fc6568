/** The API server or its etcd is away for a while. The webhook stays ready, decides from memory, and follows again by itself. */
import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, service, startCluster } from "../kubernetes.ts";
import type { Cluster } from "../kubernetes.ts";
import { pick, picking, readiness, schemeIn, twoPolicies } from "./faulty-cluster.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(twoPolicies);
  return () => cluster.stop();
});

const heals = { timeout: 30_000, interval: 100 };
const ready = { status: 200, body: "ok" };

describe("the API server", () => {
  it("is killed and comes back: labels that change at once count within seconds", async () => {
    const name = await picking(cluster, "killed", "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");

    await cluster.plane.restartApiServer(async () => {
      const away = await cluster.create(service(name));
      expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining("connection refused") });
      expect(await readiness(cluster)).toEqual(ready);
    }, "killed");
    await pick(cluster, name, "public");
    const fresh = await picking(cluster, "killed-fresh", "internal");

    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
    await expect.poll(() => schemeIn(cluster, fresh), heals).toBe("internal");
    expect(await readiness(cluster)).toEqual(ready);
  });

  it("is killed while namespaces are made and change: each gets what its labels say in the end", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `restless-${index}`);
    const policyOf = (name: string) => (names.indexOf(name) % 2 === 0 ? "internal" : "public");
    const another = (name: string) => (policyOf(name) === "public" ? "internal" : "public");
    await Promise.all(names.slice(0, 4).map((name) => picking(cluster, name, another(name))));

    const making = Promise.all(
      names.map(async (name) => {
        for (;;) {
          const made = await cluster.plane.kubectl(["create", "namespace", name]);
          if (made.code === 0 || made.stderr.includes("(AlreadyExists)")) break;
        }
        await expect.poll(() => pick(cluster, name, policyOf(name)).then(() => "done", String), heals).toBe("done");
      }),
    );
    await cluster.plane.restartApiServer(undefined, "killed");
    await making;

    for (const name of names) {
      const scheme = policyOf(name) === "internal" ? "internal" : "internet-facing";
      await expect.poll(() => schemeIn(cluster, name), heals).toBe(scheme);
    }
  });
});

describe("etcd", () => {
  it.each([
    { what: "is killed", outage: (during: () => Promise<void>) => cluster.plane.restartEtcd(during) },
    { what: "answers nothing", outage: (during: () => Promise<void>) => cluster.plane.freezeEtcd(during) },
  ])("$what: nothing can be stored, the webhook decides all the same, and all heals", async ({ what, outage }) => {
    const name = await picking(cluster, `etcd-${what.replaceAll(" ", "-")}`, "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    const logged = async () =>
      (await cluster.webhook.log()).split("\n").filter((line) => line.includes(`"namespace":"${name}"`)).length;

    await outage(async () => {
      const before = await logged();
      const refused = await cluster.create(service(name), "--request-timeout=3s");
      expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/deadline exceeded|etcd/) });
      // It was called and knew the answer; the API server had nowhere to put the object.
      await expect.poll(logged, heals).toBeGreaterThan(before);
      expect(await readiness(cluster)).toEqual(ready);
    });
    await expect.poll(() => cluster.create(service(name)).then(({ code }) => code), heals).toBe(0);
    const lines = (await cluster.webhook.log()).split("\n").filter((line) => line.includes(`"namespace":"${name}"`));
    expect(lines.filter((line) => line.includes('"outcome":"unavailable"'))).toEqual([]);

    await expectSuccess(cluster.kubectl(name, ["delete", "service", "web"]));
    await pick(cluster, name, "public");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
  });
});
