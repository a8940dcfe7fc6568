import type { ServerResponse } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, onTestFinished } from "vitest";
import { ClusterObjects } from "../../src/decision/cluster/cluster.ts";
import type { ClusterKind } from "../../src/decision/cluster/cluster.ts";
import { ingressClassParamsView } from "../../src/decision/cluster/class-params.ts";
import { apiClient } from "../../src/kubernetes/client.ts";
import { watchCluster } from "../../src/kubernetes/cluster-cache.ts";
import type { ClusterCache } from "../../src/kubernetes/cluster-cache.ts";
import { json } from "../support/api-server-stub.ts";
import { clusterStub, unknownGroup } from "../support/cluster-stub.ts";
import type { ClusterStub, StubObject } from "../support/cluster-stub.ts";
import { eventually, fastClock, patientClock } from "../support/fast-clock.ts";
import type { FastClock } from "../support/fast-clock.ts";

const ingresses = "/apis/networking.k8s.io/v1/ingresses";
const classes = "/apis/networking.k8s.io/v1/ingressclasses";
const services = "/api/v1/services";
const params = "/apis/elbv2.k8s.aws/v1beta1/ingressclassparams";
const autoModeParams = "/apis/eks.amazonaws.com/v1/ingressclassparams";
const bindings = "/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings";
const autoModeBindings = "/apis/eks.amazonaws.com/v1/targetgroupbindings";
const everyPath = [ingresses, classes, services, params, autoModeParams, bindings, autoModeBindings];
const kinds = ["Ingress", "IngressClass", "IngressClassParams", "Service", "TargetGroupBinding"] as const;

const forbidden = json(403, {
  kind: "Status",
  code: 403,
  message: 'ingresses.networking.k8s.io is forbidden: User "webhook" cannot list resource "ingresses"',
});

function hangs(): void {}

function proxyPage(response: ServerResponse): void {
  response.writeHead(404, { "content-type": "text/html" });
  response.end("<html>no such page</html>");
}

describe("the first sync", () => {
  it("lists and then watches each kind in each of its API groups", async () => {
    const { stub, cache } = await live();

    expect(stub.lists.toSorted()).toEqual(everyPath.toSorted());
    expect(stub.watches.toSorted()).toEqual(everyPath.toSorted());
    expect(completeKinds(cache)).toEqual(kinds);
  });

  it("makes every object known, and labels as somebody else knows them", async () => {
    const { cluster } = await live(everyPath, (stub) => {
      stub.put(ingresses, ingress("web", { groupName: "shop" }));
      stub.put(classes, ingressClass("alb"));
      stub.put(services, service("web"));
      stub.put(params, paramsOf("elbv2.k8s.aws/v1beta1", "alb", "internal"));
      stub.put(bindings, binding("elbv2.k8s.aws/v1beta1", "web"));
    });

    expect(cluster.ingress("shop", "web")?.view.ingressClassName).toBe("alb");
    expect([...cluster.ingressesNamingGroup("shop")]).toEqual([cluster.ingress("shop", "web")]);
    expect(cluster.ingressClass("alb")?.controller).toBe("ingress.k8s.aws/alb");
    expect(cluster.service("shop", "web")?.ipFamilies).toEqual(["IPv4"]);
    expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")?.scheme).toBe("internal");
    expect([...cluster.bindingsOf("shop", "web")]).toMatchObject([{ name: "web", api: "elbv2.k8s.aws" }]);
    expect(cluster.namespaceLabels("shop")).toEqual({ team: "shop" });
    expect(cluster.namespaceLabels("unheard-of")).toBeUndefined();
  });

  it("reads page after page, and knows nothing until the last one has come", async () => {
    let finishList: (() => void) | undefined;
    const { cache, cluster } = await start([ingresses], { kinds: new Set(["Ingress"]), pageSize: 2 }, (stub) => {
      for (const name of ["a", "b", "c"]) stub.put(ingresses, ingress(name));
      const first = { metadata: { continue: "2" }, items: [ingress("a"), ingress("b")] };
      stub.script("list", ingresses, json(200, first), (response) => {
        finishList = () => json(200, { metadata: { resourceVersion: "103" }, items: [ingress("c")] })(response);
      });
    });

    await eventually(() => expect(finishList).toBeDefined());
    expect([cache.synced, cluster.isComplete("Ingress"), cluster.ingress("shop", "a")]).toEqual([
      false,
      false,
      undefined,
    ]);
    expect(cache.states()).toMatchObject([{ synced: false, lastEventAt: undefined }]);

    finishList?.();
    await eventually(() => expect(cache.synced).toBe(true));
    expect(cluster.isComplete("Ingress")).toBe(true);
    expect([...cluster.ingressesOfClass("alb")].map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("asks for pages of 100", async () => {
    const limits: (string | null)[] = [];
    const { cache } = await start([services], { kinds: new Set(["Service"]) }, (stub) => {
      stub.onRequest((query) => limits.push(query.get("limit")));
    });

    await eventually(() => expect(cache.synced).toBe(true));

    expect(limits[0]).toBe("100");
  });

  it("keeps what is asked for and nothing else", async () => {
    const { stub, cache } = await live(everyPath, undefined, { kinds: new Set(["IngressClass", "Service"]) });

    expect(stub.lists.toSorted()).toEqual([services, classes]);
    expect(completeKinds(cache)).toEqual(["IngressClass", "Service"]);
  });

  it("is over at once where nothing is asked for", async () => {
    const { stub, cache } = await start(everyPath, { kinds: new Set() });

    expect([cache.synced, cache.states(), completeKinds(cache), stub.lists]).toEqual([true, [], [], []]);
  });
});

describe("changes", () => {
  it("are followed: additions, changes and deletions, also in what objects are found by", async () => {
    const { stub, cluster } = await live(everyPath, (fresh) =>
      fresh.put(ingresses, ingress("web", { groupName: "old" })),
    );
    const group = (name: string) => [...cluster.ingressesNamingGroup(name)].map((found) => found.name);

    stub.put(ingresses, ingress("api", { groupName: "new" }));
    stub.put(ingresses, ingress("web", { groupName: "new" }));
    await eventually(() => expect(group("new").toSorted()).toEqual(["api", "web"]));
    expect(group("old")).toEqual([]);
    stub.remove(ingresses, ingress("web"));
    await eventually(() => expect(cluster.ingress("shop", "web")).toBeUndefined());

    expect(group("new")).toEqual(["api"]);
    expect(cluster.isComplete("Ingress")).toBe(true);
  });

  it("that a list tells of replace everything at once, and until then the old is known", async () => {
    const { stub, cache, cluster, clock } = await live([ingresses], (fresh) => fresh.put(ingresses, ingress("old")), {
      kinds: new Set(["Ingress"]),
    });
    let during: unknown;
    stub.script("list", ingresses, (response) => {
      during = [cluster.isComplete("Ingress"), cache.synced, [...cluster.ingressesOfClass("alb")].length];
      json(200, { metadata: { resourceVersion: "200" }, items: [ingress("new")] })(response);
    });

    clock.advance(5_000);
    stub.forgetHistory(ingresses);
    stub.endWatches(ingresses);
    await eventually(() => expect(cluster.ingress("shop", "new")).toBeDefined());

    expect(during).toEqual([true, true, 1]);
    expect([...cluster.ingressesOfClass("alb")].map(({ name }) => name)).toEqual(["new"]);
    expect(cache.states()).toMatchObject([
      {
        restarts: new Map([
          ["closed", 1],
          ["gone", 1],
        ]),
      },
    ]);
  });
});

describe("the two API groups of one kind", () => {
  const elb = "elbv2.k8s.aws/v1beta1";
  const eks = "eks.amazonaws.com/v1";

  it("have objects of the same name, each of which goes by itself", async () => {
    const { stub, cluster } = await live(everyPath, (fresh) => {
      fresh.put(params, paramsOf(elb, "alb", "internal"));
      fresh.put(autoModeParams, paramsOf(eks, "alb", "internet-facing"));
      fresh.put(bindings, binding(elb, "web"));
      fresh.put(autoModeBindings, binding(eks, "web"));
    });
    const apis = () => [...cluster.bindingsOf("shop", "web")].map(({ api }) => api).toSorted();

    expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")?.scheme).toBe("internal");
    expect(cluster.ingressClassParams("eks.amazonaws.com", "alb")?.scheme).toBe("internet-facing");
    expect(apis()).toEqual(["eks.amazonaws.com", "elbv2.k8s.aws"]);

    stub.remove(params, paramsOf(elb, "alb", "internal"));
    stub.remove(autoModeBindings, binding(eks, "web"));
    await eventually(() => expect(apis()).toEqual(["elbv2.k8s.aws"]));
    await eventually(() => expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")).toBeUndefined());
    expect(cluster.ingressClassParams("eks.amazonaws.com", "alb")).toBeDefined();
  });

  it("are listed again by themselves", async () => {
    const { stub, cluster, clock } = await live(everyPath, (fresh) => {
      fresh.put(params, paramsOf(elb, "alb", "internal"));
      fresh.put(autoModeParams, paramsOf(eks, "alb", "internal"));
    });

    clock.advance(5_000);
    stub.script("list", params, json(200, { metadata: { resourceVersion: "200" }, items: [] }));
    stub.forgetHistory(params);
    stub.endWatches(params);
    await eventually(() => expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")).toBeUndefined());

    expect(cluster.ingressClassParams("eks.amazonaws.com", "alb")).toBeDefined();
  });

  it("are complete only together", async () => {
    const { cache, cluster } = await start(everyPath, { kinds: new Set(["TargetGroupBinding"]) }, (fresh) => {
      fresh.script("list", autoModeBindings, hangs);
    });

    await eventually(() => expect(synced(cache, "targetgroupbindings.elbv2.k8s.aws")).toBe(true));

    expect([cluster.isComplete("TargetGroupBinding"), cache.synced]).toEqual([false, false]);
  });
});

describe("a CRD", () => {
  const withoutParams = everyPath.filter((path) => path !== params);

  it("that is not installed means that there are no such objects, which is knowledge", async () => {
    const { cache, cluster, lines, clock } = await start([ingresses, classes, services]);

    await eventually(() => expect(cache.synced).toBe(true));

    expect(completeKinds(cache)).toEqual(kinds);
    expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")).toBeUndefined();
    await eventually(() => expect(clock.asked.length).toBeGreaterThan(8));
    expect(new Set(clock.asked)).toEqual(new Set([7_500]));
    expect(lines.filter(({ message }) => message !== "watch synced")).toEqual(
      [params, autoModeParams, bindings, autoModeBindings].map((path) => ({
        level: "info",
        path,
        message: "the kind does not exist",
      })),
    );
    const states = cache.states().filter(({ resource }) => resource.startsWith("ingressclassparams."));
    expect(states).toMatchObject([{ restarts: new Map() }, { restarts: new Map() }]);
  });

  it.each([
    { random: 0, pause: 5_000 },
    { random: 0.999, pause: 9_995 },
  ])("is looked for again between 5 s and 10 s later: $pause ms", async ({ random, pause }) => {
    const { clock } = await start([], { kinds: new Set(["IngressClassParams"]), random: () => random });

    await eventually(() => expect(clock.asked.length).toBeGreaterThan(1));

    expect(clock.asked[0]).toBe(pause);
  });

  it("that was looked for is heard of: its time moves, though nothing was found", async () => {
    const { stub, cache, clock } = await start([], { kinds: new Set(["IngressClassParams"]) });

    await eventually(() => expect(cache.synced).toBe(true));
    clock.advance(60_000);
    const before = stub.lists.length;
    await eventually(() => expect(stub.lists.length).toBeGreaterThan(before + 3));

    expect(cache.states().map(({ lastEventAt }) => lastEventAt?.getTime())).toEqual([clock.now(), clock.now()]);
  });

  it("is found when it appears, with the objects of it that come later", async () => {
    const { stub, cache, cluster, lines } = await live(withoutParams);

    stub.install(params);
    await eventually(() => expect(stub.openWatches(params)).toBe(1));
    stub.put(params, paramsOf("elbv2.k8s.aws/v1beta1", "alb", "internal"));
    await eventually(() => expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")?.scheme).toBe("internal"));

    expect(completeKinds(cache)).toEqual(kinds);
    expect(messagesAbout(lines, params)).toEqual(["the kind does not exist", "watch synced"]);
  });

  it("that vanishes while it is watched leaves nothing behind, as often as it comes back", async () => {
    const { stub, cache, cluster, lines, clock } = await live(everyPath, (fresh) => {
      fresh.put(params, paramsOf("elbv2.k8s.aws/v1beta1", "alb", "internal"));
      fresh.put(autoModeParams, paramsOf("eks.amazonaws.com/v1", "alb", "internal"));
    });

    clock.advance(5_000);
    stub.uninstall(params);
    await eventually(() => expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")).toBeUndefined());

    expect(cluster.ingressClassParams("eks.amazonaws.com", "alb")).toBeDefined();
    expect([completeKinds(cache), cache.synced]).toEqual([kinds, true]);
    expect(messagesAbout(lines, params)).toEqual(["watch synced", "the kind does not exist"]);

    stub.install(params);
    stub.put(params, paramsOf("elbv2.k8s.aws/v1beta1", "alb", "internet-facing"));
    await eventually(() => expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")?.scheme).toBe("internet-facing"));
    await eventually(() => expect(stub.openWatches(params)).toBe(1));
    clock.advance(5_000);
    stub.uninstall(params);
    await eventually(() => expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")).toBeUndefined());
  });

  it("that is found absent again takes along what was read live of it in between", async () => {
    const { cluster } = await live(withoutParams);
    if (!(cluster instanceof ClusterObjects)) throw new Error("the cache is made of something else");
    cluster.set("IngressClassParams", ingressClassParamsView(paramsOf("elbv2.k8s.aws/v1beta1", "alb", "internal")));
    await eventually(() => expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")).toBeUndefined());
  });

  it("is not taken for gone when one of several API servers does not know it yet", async () => {
    const { stub, cluster, clock } = await live(everyPath, (fresh) => {
      fresh.put(params, paramsOf("elbv2.k8s.aws/v1beta1", "alb", "internal"));
    });
    let during: unknown;
    stub.script("watch", params, unknownGroup);
    stub.script("list", params, (response) => {
      during = cluster.ingressClassParams("elbv2.k8s.aws", "alb")?.scheme;
      json(200, { metadata: { resourceVersion: "200" }, items: [paramsOf("elbv2.k8s.aws/v1beta1", "alb", "new")] })(
        response,
      );
    });

    clock.advance(5_000);
    stub.endWatches(params);
    await eventually(() => expect(cluster.ingressClassParams("elbv2.k8s.aws", "alb")?.scheme).toBe("new"));

    expect(during).toBe("internal");
  });

  it("is not taken for missing because of a proxy's page", async () => {
    const { cache, cluster, lines } = await start(
      [params, autoModeParams],
      { kinds: new Set(["IngressClassParams"]) },
      (fresh) => {
        fresh.script("list", params, proxyPage, hangs);
      },
    );

    await eventually(() => expect(messagesAbout(lines, params)).toEqual(["watch restarts"]));

    expect([cluster.isComplete("IngressClassParams"), cache.synced]).toEqual([false, false]);
  });

  it("is another matter than a kind that every cluster has", async () => {
    const { cache, lines } = await start([], { kinds: new Set(["Ingress"]) });

    await eventually(() => expect(messagesAbout(lines, ingresses).length).toBeGreaterThan(1));

    expect([cache.synced, completeKinds(cache)]).toEqual([false, []]);
    expect(new Set(messagesAbout(lines, ingresses))).toEqual(new Set(["watch restarts"]));
  });
});

describe("a missing right", () => {
  it("leaves the kind unknown, is said once, and is noticed when it is granted", async () => {
    const { stub, cache, lines } = await start(everyPath, {}, (fresh) => {
      fresh.script("list", ingresses, ...Array.from({ length: 4 }, () => forbidden));
    });

    await eventually(() => expect(cache.states().find(ofIngresses)?.restarts.get("forbidden")).toBe(3));
    expect([cache.synced, completeKinds(cache)]).toEqual([false, kinds.filter((kind) => kind !== "Ingress")]);
    await eventually(() => expect(cache.synced).toBe(true));
    await eventually(() => expect(stub.openWatches(ingresses)).toBe(1));

    expect(completeKinds(cache)).toEqual(kinds);
    expect(lines.filter(({ level }) => level !== "info")).toEqual([
      {
        level: "warn",
        path: ingresses,
        message: "watch is forbidden: allow list and watch on this resource",
        problem: expect.stringContaining('cannot list resource \\"ingresses\\"'),
        reason: "forbidden",
        relist: false,
        retryInMs: 750,
      },
    ]);
  });

  it("of a kind that is known already leaves what was known, and is said again when it is lost again", async () => {
    const { stub, cache, cluster, lines, clock } = await live(everyPath, (fresh) =>
      fresh.put(ingresses, ingress("web")),
    );
    const warnings = () => messagesAbout(lines, ingresses).filter((message) => message.includes("forbidden"));

    for (const times of [1, 2]) {
      clock.advance(5_000);
      stub.script("watch", ingresses, forbidden, forbidden);
      stub.endWatches(ingresses);
      await eventually(() => expect(stub.openWatches(ingresses)).toBe(0));
      await eventually(() => expect(stub.openWatches(ingresses)).toBe(1));
      // Only now has the client seen the answer, too.
      stub.put(ingresses, ingress(`after-${times}`));
      await eventually(() => expect(cluster.ingress("shop", `after-${times}`)).toBeDefined());
      expect(warnings()).toHaveLength(times);
    }

    expect([cluster.ingress("shop", "web")?.name, completeKinds(cache), cache.synced]).toEqual(["web", kinds, true]);
  });
});

describe("an object that cannot be read", () => {
  const unreadable = { ...ingress("web"), spec: { ingressClassName: 7 } };

  it("is counted and logged, and what was known of it stays", async () => {
    const { stub, cache, cluster, lines } = await live(everyPath, (fresh) => fresh.put(ingresses, ingress("web")));

    stub.put(ingresses, unreadable);
    await eventually(() => expect(cache.states().find(ofIngresses)?.handlerErrors).toBe(1));

    expect(cluster.ingress("shop", "web")?.view.ingressClassName).toBe("alb");
    expect(cluster.isComplete("Ingress")).toBe(true);
    expect(lines.filter(({ level }) => level === "error")).toMatchObject([{ path: ingresses, key: "shop/web" }]);
  });

  it("and never could exists all the same: its kind is not complete until it is readable or gone", async () => {
    const { stub, cache, cluster, clock } = await live(everyPath, (fresh) => fresh.put(ingresses, unreadable));

    expect([cluster.ingress("shop", "web"), cluster.isComplete("Ingress"), cache.synced]).toEqual([
      undefined,
      false,
      true,
    ]);
    stub.put(ingresses, ingress("web"));
    await eventually(() => expect(cluster.isComplete("Ingress")).toBe(true));
    stub.put(ingresses, { ...unreadable, metadata: { namespace: "shop", name: "other" } });
    await eventually(() => expect(cluster.isComplete("Ingress")).toBe(false));
    stub.remove(ingresses, ingress("other"));
    await eventually(() => expect(cluster.isComplete("Ingress")).toBe(true));

    stub.put(ingresses, { ...unreadable, metadata: { namespace: "shop", name: "another" } });
    await eventually(() => expect(cluster.isComplete("Ingress")).toBe(false));
    clock.advance(5_000);
    stub.script("list", ingresses, json(200, { metadata: { resourceVersion: "300" }, items: [] }));
    stub.forgetHistory(ingresses);
    stub.endWatches(ingresses);
    await eventually(() => expect(cluster.isComplete("Ingress")).toBe(true));
  });
});

describe("its life", () => {
  it("says of each collection how it is", async () => {
    const { cache, clock } = await live();

    expect(cache.states().map(({ resource }) => resource)).toEqual([
      "ingresses.networking.k8s.io",
      "ingressclasses.networking.k8s.io",
      "ingressclassparams.elbv2.k8s.aws",
      "ingressclassparams.eks.amazonaws.com",
      "services",
      "targetgroupbindings.elbv2.k8s.aws",
      "targetgroupbindings.eks.amazonaws.com",
    ]);
    for (const { resource: _, ...state } of cache.states()) {
      expect(state).toEqual({
        synced: true,
        lastEventAt: new Date(clock.now()),
        restarts: new Map(),
        handlerErrors: 0,
      });
    }
  });

  it("ends its requests and starts no more once it is stopped, also for what does not exist", async () => {
    const { stub, cache } = await live([ingresses, classes, services, bindings]);

    cache.stop();
    await eventually(() => expect(everyPath.map((path) => stub.openWatches(path))).toEqual(everyPath.map(() => 0)));
    const before = stub.lists.length + stub.watches.length;
    // Longer than the clock takes for the pause after a kind was not found.
    await new Promise((resolve) => setTimeout(resolve, 150));

    expect(stub.lists.length + stub.watches.length).toBe(before);
  });
});

describe("memory", () => {
  it("holds little of each object, once, and none of the raw one", async () => {
    const count = 4_000;
    const { stub, cache } = await start(everyPath, { kinds: new Set(["Ingress", "Service"]) }, (fresh) => {
      // Several KiB that no rule reads, so that a reference to any of it shows.
      const managedFields = Array.from({ length: 40 }, (_, index) => ({ manager: `manager-${index}`, fieldsV1: {} }));
      const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "x".repeat(2_000) };
      const padding = { namespace: "shop", managedFields, annotations };
      const padded = (object: StubObject) => ({ ...object, metadata: { name: object.metadata.name, ...padding } });
      fresh.fill(ingresses, count, (index) => padded(ingress(`web-${index}`)));
      fresh.fill(services, count, (index) => padded(service(`web-${index}`)));
      collectGarbage();
    });
    const before = process.memoryUsage().heapUsed;

    await eventually(() => expect(cache.synced).toBe(true));
    collectGarbage();

    const perObject = (process.memoryUsage().heapUsed - before) / (2 * count);
    expect(stub.lists).toHaveLength(2);
    expect([...cache.cluster.ingressesOfClass("alb")]).toHaveLength(count);
    expect(perObject).toBeLessThan(800);
  });
});

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  if (typeof gc === "function") gc();
}

interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly path?: string;
}

interface Started {
  readonly stub: ClusterStub;
  readonly cache: ClusterCache;
  readonly cluster: ClusterCache["cluster"];
  readonly lines: readonly LogLine[];
  /** Of pauses. */
  readonly clock: FastClock;
}

interface Overrides {
  readonly kinds?: ReadonlySet<ClusterKind>;
  readonly pageSize?: number;
  readonly random?: () => number;
}

/** A stub with these collections, and caches of it that have just been started. */
async function start(
  installed: readonly string[],
  overrides: Overrides = {},
  prepare: (stub: ClusterStub) => void = () => {},
): Promise<Started> {
  const stub = await clusterStub();
  stub.install(...installed);
  prepare(stub);
  const clock = fastClock();
  const lines: LogLine[] = [];
  const note = (level: LogLine["level"]) => (data: object, message: string) => {
    lines.push({ level, message, ...data });
  };
  const access = { server: new URL(stub.url), headers: {}, tls: {} };
  const client = apiClient({ read: () => Promise.resolve(access) }, patientClock());
  const cache = watchCluster({
    client,
    clock,
    random: () => 0.5,
    log: { info: note("info"), warn: note("warn"), error: note("error") },
    kinds: new Set(kinds),
    labelsOf: (name) => (name === "shop" ? { team: "shop" } : undefined),
    ...overrides,
  });
  onTestFinished(() => {
    cache.stop();
    client.close();
  });
  return { stub, cache, cluster: cache.cluster, lines, clock };
}

/** The same, synced and with a watch of each collection that exists. */
async function live(
  installed: readonly string[] = everyPath,
  prepare?: (stub: ClusterStub) => void,
  overrides: Overrides = {},
): Promise<Started> {
  const started = await start(installed, overrides, prepare);
  await eventually(() => expect(started.cache.synced).toBe(true));
  const watched = installed.filter((path) => started.stub.lists.includes(path));
  await eventually(() => expect(watched.filter((path) => started.stub.openWatches(path) !== 1)).toEqual([]));
  return started;
}

function completeKinds({ cluster }: ClusterCache): readonly ClusterKind[] {
  return kinds.filter((kind) => cluster.isComplete(kind));
}

function synced(cache: ClusterCache, resource: string): boolean | undefined {
  return cache.states().find((state) => state.resource === resource)?.synced;
}

function ofIngresses({ resource }: { readonly resource: string }): boolean {
  return resource === "ingresses.networking.k8s.io";
}

function messagesAbout(lines: readonly LogLine[], path: string): readonly string[] {
  return lines.filter((line) => line.path === path).map(({ message }) => message);
}

function ingress(name: string, { groupName }: { readonly groupName?: string } = {}): StubObject {
  const annotations = groupName === undefined ? {} : { "alb.ingress.kubernetes.io/group.name": groupName };
  return { metadata: { namespace: "shop", name, annotations }, spec: { ingressClassName: "alb" } };
}

function ingressClass(name: string): StubObject {
  return { metadata: { name }, spec: { controller: "ingress.k8s.aws/alb" } };
}

function service(name: string): StubObject {
  const ports = [{ port: 80, protocol: "TCP" }];
  return { metadata: { namespace: "shop", name }, spec: { type: "ClusterIP", ports, ipFamilies: ["IPv4"] } };
}

function paramsOf(apiVersion: string, name: string, scheme: string): StubObject {
  return { apiVersion, kind: "IngressClassParams", metadata: { name }, spec: { scheme } };
}

function binding(apiVersion: string, name: string): StubObject {
  const spec = { serviceRef: { name: "web", port: 80 }, targetGroupARN: "arn" };
  return { apiVersion, kind: "TargetGroupBinding", metadata: { namespace: "shop", name }, spec };
}
