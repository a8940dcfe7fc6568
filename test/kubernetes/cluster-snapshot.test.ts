import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ClusterKind } from "../../src/decision/cluster/cluster.ts";
import { apiClient } from "../../src/kubernetes/client.ts";
import type { ApiClient } from "../../src/kubernetes/client.ts";
import { systemClock } from "../../src/kubernetes/clock.ts";
import { readCluster, readLive } from "../../src/kubernetes/cluster-snapshot.ts";
import { json } from "../support/api-server-stub.ts";
import { clusterStub } from "../support/cluster-stub.ts";
import type { ClusterStub } from "../support/cluster-stub.ts";

const namespaces = "/api/v1/namespaces";
const services = "/api/v1/services";
const ingresses = "/apis/networking.k8s.io/v1/ingresses";
const classes = "/apis/networking.k8s.io/v1/ingressclasses";
const params = "/apis/elbv2.k8s.aws/v1beta1/ingressclassparams";
const autoModeParams = "/apis/eks.amazonaws.com/v1/ingressclassparams";
const bindings = "/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings";
const autoModeBindings = "/apis/eks.amazonaws.com/v1/targetgroupbindings";
const builtIn = [namespaces, services, ingresses, classes];
const ofAws = [params, autoModeParams, bindings, autoModeBindings];
const everyKind = ["Ingress", "IngressClass", "IngressClassParams", "Service", "TargetGroupBinding"] as const;

const forbidden = json(403, { kind: "Status", code: 403, message: "you cannot list this" });

describe("a snapshot", () => {
  it("has every object of every kind, both AWS groups, and labels of namespaces, and watches nothing", async () => {
    const { stub, client } = await live();
    stub.put(namespaces, { metadata: { name: "shop", labels: { team: "a", empty: "" } } });
    stub.put(ingresses, ingress("web"));
    stub.put(classes, { metadata: { name: "alb" }, spec: { controller: "ingress.k8s.aws/alb" } });
    stub.put(services, { metadata: { namespace: "shop", name: "web" }, spec: { type: "NodePort" } });
    for (const [path, api] of [
      [params, "elbv2.k8s.aws/v1beta1"],
      [autoModeParams, "eks.amazonaws.com/v1"],
    ] as const) {
      stub.put(path, { apiVersion: api, metadata: { name: "p" }, spec: {} });
    }
    stub.put(bindings, { apiVersion: "elbv2.k8s.aws/v1beta1", metadata: { namespace: "shop", name: "b" }, spec: {} });

    const { views, complete, namespaces: labels, gaps } = await readCluster({ client, kinds: everyKind });

    expect(views.Ingress).toMatchObject([{ namespace: "shop", name: "web" }]);
    expect(views.IngressClass).toMatchObject([{ name: "alb", controller: "ingress.k8s.aws/alb" }]);
    expect(views.IngressClassParams.map(({ api }) => api).toSorted()).toEqual(["eks.amazonaws.com", "elbv2.k8s.aws"]);
    expect(views.Service).toMatchObject([{ name: "web", type: "NodePort" }]);
    expect(views.TargetGroupBinding).toMatchObject([{ name: "b" }]);
    expect([...complete].toSorted()).toEqual(everyKind.toSorted());
    expect(labels).toEqual(new Map([["shop", { team: "a", empty: "" }]]));
    expect(gaps).toEqual([]);
    expect(stub.watches).toEqual([]);
  });

  it("has all pages of a collection, and says how far it is", async () => {
    const { stub, client } = await live();
    for (let index = 0; index < 5; index += 1) stub.put(ingresses, ingress(`i${index}`));
    const seen: number[] = [];
    const { views } = await readCluster({
      client,
      kinds: ["Ingress"],
      pageSize: 2,
      onProgress: (objects) => seen.push(objects),
    });
    expect(views.Ingress.map(({ name }) => name)).toEqual(["i0", "i1", "i2", "i3", "i4"]);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it("asks for no kind that is not wanted", async () => {
    const { stub, client } = await live();
    const { complete } = await readCluster({ client, kinds: ["IngressClass"] });
    expect(stub.lists.toSorted()).toEqual([namespaces, classes]);
    expect([...complete]).toEqual(["IngressClass"]);
  });
});

describe("what is not there", () => {
  it("is known where nobody installed the AWS kinds, or one of their groups only", async () => {
    const { client } = await live([...builtIn, params]);
    const { views, complete, gaps } = await readCluster({ client, kinds: everyKind });
    expect([...complete].toSorted()).toEqual(everyKind.toSorted());
    expect([views.IngressClassParams, gaps]).toEqual([[], []]);
  });

  it("is a failure where every cluster has it: this is no API server", async () => {
    const { client } = await live([]);
    await expect(readCluster({ client, kinds: ["Ingress"] })).rejects.toMatchObject({ reason: "not-found" });
  });

  it("is no statement of a proxy", async () => {
    const { stub, client } = await live();
    stub.script("list", params, proxyPage);
    await expect(readCluster({ client, kinds: everyKind })).rejects.toMatchObject({ reason: "unexpected-status" });
  });
});

describe("what may not be read", () => {
  it.each<[string, ClusterKind, string]>([
    [ingresses, "Ingress", "ingresses.networking.k8s.io"],
    [services, "Service", "services"],
    [autoModeParams, "IngressClassParams", "ingressclassparams.eks.amazonaws.com"],
  ])("leaves its kind incomplete and is one sentence: %s", async (path, kind, resource) => {
    const { stub, client } = await live();
    stub.script("list", path, forbidden);
    const { complete, gaps } = await readCluster({ client, kinds: everyKind });
    expect(everyKind.filter((each) => !complete.has(each))).toEqual([kind]);
    expect(gaps).toEqual([`You may not list ${resource}: they are not known.`]);
  });

  it("leaves namespaces unknown, which is not the same as without labels", async () => {
    const { stub, client } = await live();
    stub.script("list", namespaces, forbidden);
    const { namespaces: labels, gaps } = await readCluster({ client, kinds: [] });
    expect(labels).toBeUndefined();
    expect(gaps).toEqual(["You may not list namespaces: they are not known."]);
  });

  it("is an object that cannot be understood: the others are there, and one sentence", async () => {
    const { stub, client } = await live();
    stub.put(ingresses, { metadata: { namespace: "shop", name: "odd" }, spec: { rules: 7 } });
    stub.put(ingresses, { metadata: { namespace: "shop", name: "odder" }, spec: { rules: 8 } });
    stub.put(ingresses, ingress("web"));
    const { views, complete, gaps } = await readCluster({ client, kinds: ["Ingress"] });
    expect(views.Ingress).toMatchObject([{ name: "web" }]);
    expect(complete.has("Ingress")).toBe(false);
    expect(gaps).toEqual([
      "Of the ingresses.networking.k8s.io one cannot be read: shop/odd: spec.rules: must be a list, and 1 more.",
    ]);
  });
});

describe("trouble on the way", () => {
  it("with a page that is too large is asked for in smaller ones", async () => {
    const { stub, client } = await live();
    for (let index = 0; index < 4; index += 1) stub.put(ingresses, ingress(`i${index}`));
    const limits: (string | null)[] = [];
    stub.onRequest((query) => limits.push(query.get("limit")));
    stub.script("list", ingresses, (response) => {
      response.writeHead(200);
      response.end(Buffer.alloc(9 * 2 ** 20, " "));
    });
    const seen: number[] = [];
    const { views } = await readCluster({
      client,
      kinds: ["Ingress"],
      pageSize: 3,
      onProgress: (objects) => seen.push(objects),
    });
    expect(views.Ingress).toHaveLength(4);
    expect(limits.slice(2)).toEqual(["1", "1", "1", "1"]);
    expect(seen.at(-1)).toBe(4);
  });

  it("that lasts longer than the API server remembers begins again, and counts nothing twice", async () => {
    const { stub, client } = await live();
    for (let index = 0; index < 4; index += 1) stub.put(ingresses, ingress(`i${index}`));
    const page = { metadata: { resourceVersion: "1", continue: "2" }, items: [ingress("i0"), ingress("i1")] };
    const gone = json(410, { kind: "Status", code: 410 });
    stub.script("list", ingresses, json(200, page), gone);
    const seen: number[] = [];
    const { views } = await readCluster({
      client,
      kinds: ["Ingress"],
      onProgress: (objects) => seen.push(objects),
    });
    expect(views.Ingress.map(({ name }) => name)).toEqual(["i0", "i1", "i2", "i3"]);
    expect(seen).toEqual([1, 2, 1, 2, 3, 4]);

    stub.script("list", ingresses, gone, gone, gone);
    await expect(readCluster({ client, kinds: ["Ingress"] })).rejects.toMatchObject({ reason: "gone" });
  });

  it("ends the other reads with the first failure", async () => {
    const { stub, client } = await live();
    stub.script("list", ingresses, json(500, { kind: "Status", code: 500 }));
    let isOpen = true;
    stub.script("list", services, (response) => void response.on("close", () => (isOpen = false)));
    await expect(readCluster({ client, kinds: everyKind })).rejects.toMatchObject({ reason: "server-error" });
    await expect.poll(() => isOpen).toBe(false);
  });
});

describe("one stored object", () => {
  const path = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web";
  const web = { apiVersion: "networking.k8s.io/v1", namespace: "shop", name: "web" };

  it("is there whole", async () => {
    const { stub, client } = await live();
    const raw = { metadata: { name: "web", uid: "u" }, spec: { a: 1 } };
    stub.script("list", path, json(200, raw));
    expect(await readLive(client, "Ingress", web)).toEqual(raw);
  });

  it("is not there, may not be read, or nobody knows", async () => {
    const { stub, client } = await live();
    stub.script(
      "list",
      path,
      json(404, { kind: "Status", code: 404 }),
      forbidden,
      proxyPage,
      json(500, { kind: "Status", code: 500 }),
    );
    expect(await readLive(client, "Ingress", web)).toBeUndefined();
    expect(await readLive(client, "Ingress", web)).toBe("forbidden");
    await expect(readLive(client, "Ingress", web)).rejects.toMatchObject({ reason: "unexpected-status" });
    await expect(readLive(client, "Ingress", web)).rejects.toMatchObject({ reason: "server-error" });
  });

  it("of a name that is none stays within its path", async () => {
    const { stub, client } = await live();
    const paths: string[] = [];
    stub.script("list", "/api/v1/namespaces/shop/services/a%2Fb%3Fc", (response) => {
      paths.push(response.req.url ?? "");
      json(404, { kind: "Status", code: 404 })(response);
    });
    await readLive(client, "Service", { apiVersion: "v1", namespace: "shop", name: "a/b?c" });
    expect(paths).toEqual(["/api/v1/namespaces/shop/services/a%2Fb%3Fc"]);
  });
});

function ingress(name: string) {
  return { metadata: { namespace: "shop", name }, spec: { ingressClassName: "alb" } };
}

function proxyPage(response: ServerResponse): void {
  response.writeHead(404, { "content-type": "text/html" });
  response.end("<html>no such page</html>");
}

async function live(
  paths: readonly string[] = [...builtIn, ...ofAws],
): Promise<{ readonly stub: ClusterStub; readonly client: ApiClient }> {
  const stub = await clusterStub();
  stub.install(...paths);
  const access = { server: new URL(stub.url), headers: {}, tls: {} };
  const client = apiClient({ read: async () => access }, systemClock);
  onTestFinished(() => client.close());
  return { stub, client };
}
