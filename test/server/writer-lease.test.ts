import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { namespaceOf, startWriterLease } from "../../src/server/writer-lease.ts";
import { eventually, fastClock } from "../support/fast-clock.ts";

describe("the namespace of the installation", () => {
  it("is that of the pod, and of a program outside the cluster the usual one", async () => {
    const folder = await serviceAccount("load-balancers\n");
    expect(await namespaceOf({ by: "in-cluster", folder })).toBe("load-balancers");
    expect(await namespaceOf({ by: "kubeconfig", file: join(folder, "kubeconfig") })).toBe("dualstack-system");
    expect(await namespaceOf({ by: "nothing" })).toBe("dualstack-system");
  });

  it.each([
    ["is empty", " \n"],
    ["is missing", undefined],
  ])("is the usual one where the pod's file %s", async (_what, text) => {
    expect(await namespaceOf({ by: "in-cluster", folder: await serviceAccount(text) })).toBe("dualstack-system");
  });
});

describe("the Lease of those who write", () => {
  it("is the one that the installation brings, held by this pod and this process of it", async () => {
    const [one, other] = [replica("one"), replica("load-balancers")];
    await eventually(() => expect([one.lease.held, other.lease.held]).toEqual([true, true]));
    expect(one.paths()).toEqual(["/apis/coordination.k8s.io/v1/namespaces/one/leases/dualstack-webhook"]);
    expect(other.paths()).toEqual(["/apis/coordination.k8s.io/v1/namespaces/load-balancers/leases/dualstack-webhook"]);
    expect(one.holder()).toMatch(/_[0-9a-f-]{36}$/);
    expect(one.holder().startsWith(`${hostname()}_`)).toBe(true);
    expect(one.holder()).not.toBe(other.holder());
  });

  it("tells everybody who waits for it, each time that it is held, and is given up in the end", async () => {
    const told: string[] = [];
    const { lease, clock, holder, put } = replica("one");
    lease.onHeld(() => told.push("a"));
    lease.onHeld(() => told.push("b"));
    expect(lease.held).toBe(false);
    await eventually(() => expect(told).toEqual(["a", "b"]));
    put("somebody else");
    clock.advance(10_000);
    expect(lease.held).toBe(false);
    await quiet();
    put("");
    await eventually(() => expect(told).toEqual(["a", "b", "a", "b"]));
    expect(lease.held).toBe(true);
    await lease.stop();
    expect([lease.held, holder()]).toEqual([false, ""]);
  });
});

function replica(namespace: string) {
  const clock = fastClock();
  const paths = new Set<string>();
  let version = 1;
  let spec: { readonly holderIdentity?: string } = {};
  const answer = async (status = 200) => ({
    status,
    body: JSON.stringify({ metadata: { resourceVersion: String(version) }, spec }),
    retryAfterMs: undefined,
    warnings: [],
  });
  const lease = startWriterLease({
    client: {
      get(path) {
        paths.add(path);
        return answer();
      },
      write(_method, path, { body }) {
        paths.add(path);
        const written = JSON.parse(body) as { metadata: { resourceVersion: string }; spec: object };
        if (written.metadata.resourceVersion !== String(version)) return answer(409);
        ({ spec } = written);
        version += 1;
        return answer();
      },
      stream: () => Promise.reject(new Error("nothing is watched")),
      close: () => {},
    },
    clock,
    random: () => 0.5,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    namespace,
  });
  onTestFinished(() => lease.stop());
  return {
    lease,
    clock,
    paths: () => [...paths],
    holder: () => spec.holderIdentity ?? "",
    put: (holderIdentity: string) => {
      spec = { ...spec, holderIdentity };
      version += 1;
    },
  };
}

async function serviceAccount(namespace: string | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "service-account-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  if (namespace !== undefined) await writeFile(join(folder, "namespace"), namespace);
  return folder;
}

/** Time enough for what would be wrong to happen. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
