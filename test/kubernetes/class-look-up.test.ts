import { expect, it, onTestFinished } from "vitest";
import type { ApiClient } from "../../src/kubernetes/client.ts";
import { watchCluster } from "../../src/kubernetes/cluster-cache.ts";
import type { ClusterCache } from "../../src/kubernetes/cluster-cache.ts";
import { patientClock } from "../support/fast-clock.ts";
import type { FastClock } from "../support/fast-clock.ts";

const classes = "/apis/networking.k8s.io/v1/ingressclasses";
const params = "/apis/elbv2.k8s.aws/v1beta1/ingressclassparams";
const alb = classOf("alb", { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "public" });
const publicParams = {
  apiVersion: "elbv2.k8s.aws/v1beta1",
  metadata: { name: "public" },
  spec: { scheme: "internal" },
};

it("a class that the watch has not reported yet is read, with its parameters", async () => {
  const { cache, asked } = await synced({ [`${classes}/alb`]: alb, [`${params}/public`]: publicParams });
  await cache.lookUpClass("alb", 1000);
  expect(cache.cluster.ingressClass("alb")).toMatchObject({ controller: "ingress.k8s.aws/alb" });
  expect(cache.cluster.ingressClassParams("elbv2.k8s.aws", "public")).toMatchObject({ scheme: "internal" });
  expect(asked).toEqual([`${classes}/alb`, `${params}/public`]);
  expect(cache.lookUpClass("alb", 1000)).toBeUndefined();
});

it("of a class that is known, parameters that are not are read", async () => {
  const objects = { [`${classes}/alb`]: alb, [`${params}/public`]: undefined as object | undefined };
  const { cache, asked, clock } = await synced(objects);
  await cache.lookUpClass("alb", 1000);
  expect(cache.cluster.ingressClassParams("elbv2.k8s.aws", "public")).toBeUndefined();
  objects[`${params}/public`] = publicParams;
  clock.advance(1001);
  await cache.lookUpClass("alb", 1000);
  expect(cache.cluster.ingressClassParams("elbv2.k8s.aws", "public")).toBeDefined();
  expect(asked).toEqual([`${classes}/alb`, `${params}/public`, `${params}/public`]);
});

it("nothing is read of a class that needs no parameters, or whose parameters no controller would take", async () => {
  const { cache, asked } = await synced({
    [`${classes}/plain`]: classOf("plain", undefined),
    [`${classes}/other`]: classOf("other", { apiGroup: "example.com", kind: "IngressClassParams", name: "public" }),
  });
  for (const name of ["plain", "other"]) {
    await cache.lookUpClass(name, 1000);
    expect(cache.lookUpClass(name, 1000)).toBeUndefined();
  }
  expect(asked).toEqual([`${classes}/plain`, `${classes}/other`]);
});

it("a class that does not exist is looked for once a second, however often it is asked for", async () => {
  const { cache, asked, clock } = await synced({});
  await Promise.all([cache.lookUpClass("nginx", 1000), cache.lookUpClass("nginx", 1000)]);
  await cache.lookUpClass("nginx", 1000);
  expect(asked).toEqual([`${classes}/nginx`]);
  clock.advance(1001);
  await cache.lookUpClass("nginx", 1000);
  expect(asked).toHaveLength(2);
  expect(cache.cluster.ingressClass("nginx")).toBeUndefined();
});

it("a name that no class can have is not asked for", async () => {
  const { cache, asked } = await synced({});
  for (const name of ["", "../namespaces", "Alb", "a b", `${"a".repeat(254)}`]) await cache.lookUpClass(name, 1000);
  expect(asked).toEqual([]);
});

it("a read that fails leaves the class unknown and throws nothing", async () => {
  const { cache } = await synced({ [`${classes}/alb`]: { metadata: {} } });
  await cache.lookUpClass("alb", 1000);
  expect(cache.cluster.ingressClass("alb")).toBeUndefined();
});

it("parameters of a kind that does not exist are looked for once a second, without a word", async () => {
  const { cache, asked, warnings } = await synced({ [`${classes}/alb`]: alb, [`${params}/public`]: "no such kind" });
  await cache.lookUpClass("alb", 1000);
  await cache.lookUpClass("alb", 1000);
  expect([asked, warnings]).toEqual([[`${classes}/alb`, `${params}/public`], []]);
});

it("where classes are not kept nothing is read", async () => {
  const { cache } = await synced({}, ["Service"]);
  expect(cache.lookUpClass("alb", 1000)).toBeUndefined();
});

function classOf(name: string, parameters: object | undefined): object {
  return { metadata: { name }, spec: { controller: "ingress.k8s.aws/alb", parameters } };
}

interface Synced {
  readonly cache: ClusterCache;
  /** Objects that were read by name. */
  readonly asked: readonly string[];
  readonly clock: FastClock;
  readonly warnings: readonly string[];
}

/** Over an API server whose lists are empty and whose watches stay silent. */
async function synced(
  objects: Readonly<Record<string, object | "no such kind" | undefined>>,
  kinds: readonly ("IngressClass" | "IngressClassParams" | "Service")[] = ["IngressClass", "IngressClassParams"],
): Promise<Synced> {
  const asked: string[] = [];
  const client: ApiClient = {
    get(path) {
      const { pathname } = new URL(path, "http://stub");
      const isCollection = pathname === "/api/v1/services" || /\/(ingressclasses|ingressclassparams)$/.test(pathname);
      if (isCollection) return answer(200, { metadata: { resourceVersion: "1" }, items: [] });
      asked.push(pathname);
      const found = objects[pathname];
      if (found === "no such kind") {
        return Promise.resolve({ status: 404, body: "404 page not found\n", retryAfterMs: undefined, warnings: [] });
      }
      return found === undefined ? answer(404, { kind: "Status", code: 404 }) : answer(200, found);
    },
    stream: () => new Promise(() => {}),
    write: () => Promise.reject(new Error("nothing is to be written")),
    close: () => {},
  };
  const clock = patientClock();
  const warnings: string[] = [];
  const log = {
    info: () => {},
    warn: (_data: object, message: string) => void warnings.push(message),
    error: () => {},
  };
  const cache = watchCluster({
    client,
    clock,
    random: () => 0.5,
    log,
    kinds: new Set(kinds),
    labelsOf: () => undefined,
  });
  onTestFinished(() => cache.stop());
  await expect.poll(() => cache.synced).toBe(true);
  return { cache, asked, clock, warnings };
}

function answer(status: number, body: object): ReturnType<ApiClient["get"]> {
  return Promise.resolve({ status, body: JSON.stringify(body), retryAfterMs: undefined, warnings: [] });
}
