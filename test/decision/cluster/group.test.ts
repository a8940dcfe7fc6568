import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Served } from "../../../src/decision/cluster/classify.ts";
import type { Cluster, ClusterObjects } from "../../../src/decision/cluster/cluster.ts";
import { groupFinalizer, groupIdOf } from "../../../src/decision/cluster/group-id.ts";
import { loadGroup } from "../../../src/decision/cluster/group.ts";
import type { GroupId } from "../../../src/decision/cluster/group-id.ts";
import type { IngressClassParamsView } from "../../../src/decision/cluster/class-params.ts";
import type { IngressObject } from "../../../src/decision/cluster/views.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import { aClass, aCluster, anIngress, keyOfIngress, someParams } from "./objects.ts";
import type { ClusterParts, IngressParts } from "./objects.ts";

const lbc = "aws-load-balancer-controller";
const autoMode = "eks-auto-mode";
const groupName = "alb.ingress.kubernetes.io/group.name";
const groupOrder = "alb.ingress.kubernetes.io/group.order";
const g: GroupId = { kind: "explicit", controller: lbc, name: "g" };
const ofWeb: GroupId = { kind: "implicit", controller: lbc, namespace: "shop", name: "web" };
const marked = { finalizers: ["group.ingress.k8s.aws/g"] };

function inGroup(parts: IngressParts = {}, order?: string): IngressParts {
  const annotations = { [groupName]: "g", ...(order === undefined ? {} : { [groupOrder]: order }) };
  return { className: "alb", ...parts, annotations: { ...annotations, ...parts.annotations } };
}

/** Of a cluster with the class "alb" beside what is given. */
function loaded(id: GroupId, parts: ClusterParts, incoming?: IngressObject): unknown {
  const cluster = aCluster({ ...parts, classes: [aClass("alb"), ...(parts.classes ?? [])] });
  return shown(id, cluster, incoming);
}

function shown(id: GroupId, cluster: Cluster | undefined, incoming?: IngressObject): unknown {
  const { members, inactive, problem, problemAt } = loadGroup(id, cluster, defaultProfile, incoming);
  return {
    members: members.map(({ ingress }) => keyOfIngress(ingress)),
    inactive: inactive.map(keyOfIngress),
    ...(problem === undefined ? {} : { problem }),
    ...(problemAt === undefined ? {} : { at: keyOfIngress(problemAt) }),
  };
}

describe("the group of an Ingress", () => {
  const served: Served = {
    outcome: "served",
    by: "field",
    controller: lbc,
    className: "alb",
    params: undefined,
    paramsKnown: true,
    makesCertificates: undefined,
  };
  const named = (group: string): IngressObject => anIngress("shop/web", { annotations: { [groupName]: group } });
  const params = (name: string): IngressClassParamsView => someParams("p", { group: { name } });

  test("is its own without a name", () => {
    expect(groupIdOf(anIngress("shop/web"), served)).toEqual(ofWeb);
    expect(groupIdOf(anIngress("shop/web"), { ...served, params: someParams("p") })).toEqual(ofWeb);
  });

  test("is the annotated one, unless params name one", () => {
    expect(groupIdOf(named("g"), served)).toEqual(g);
    expect(groupIdOf(named("other"), { ...served, params: params("g") })).toEqual(g);
    expect(groupIdOf(named("g"), { ...served, params: someParams("p") })).toEqual(g);
  });

  test("is not the annotated one with EKS Auto Mode", () => {
    const auto = { ...served, controller: autoMode } as const;
    expect(groupIdOf(named("g"), auto)).toEqual({ ...ofWeb, controller: autoMode });
    expect(groupIdOf(named("g"), { ...auto, params: params("h") })).toEqual({ ...g, controller: autoMode, name: "h" });
  });

  test.each(["g", "a.b-c", "0", "a".repeat(63), "a..b"])("may be called %s", (name) => {
    expect(groupIdOf(named(name), served)).toEqual({ ...g, name });
  });

  test.each(["", "G", "-a", ".a", "a-", "a.", "a_b", "ä", "a\n", " a", "a".repeat(64)])(
    "may not be called %j, by either",
    (name) => {
      const problem =
        'the name of the group must be 1 to 63 lower-case letters, digits, "-" and ".", and start and end with a letter or a digit';
      expect(groupIdOf(named(name), served)).toEqual({ kind: "invalid", problem });
      expect(groupIdOf(named("g"), { ...served, params: params(name) })).toEqual({ kind: "invalid", problem });
    },
  );
});

test.each<[GroupId, string]>([
  [g, "group.ingress.k8s.aws/g"],
  [ofWeb, "ingress.k8s.aws/resources"],
  [{ ...g, controller: autoMode }, "group.ingress.eks.amazonaws.com/g"],
  [{ ...ofWeb, controller: autoMode }, "ingress.eks.amazonaws.com/resources"],
])("the finalizer of %j is %s", (id, finalizer) => {
  expect(groupFinalizer(id)).toBe(finalizer);
});

describe("members", () => {
  test("are those of all namespaces that name the group, by order and then by name", () => {
    const ingresses = [
      anIngress("team/b", inGroup()),
      anIngress("shop/z", inGroup({}, "0")),
      anIngress("shop/last", inGroup({}, "1000")),
      anIngress("shop/first", inGroup({}, "-1000")),
      anIngress("shop/a", inGroup({}, "+010")),
      anIngress("shop-2/a", inGroup()),
      anIngress("shop/other", inGroup({ annotations: { [groupName]: "h" } })),
      anIngress("shop/alone", { className: "alb" }),
    ];
    expect(loaded(g, { ingresses })).toEqual({
      members: ["shop/first", "shop-2/a", "shop/z", "team/b", "shop/a", "shop/last"],
      inactive: [],
    });
  });

  test("by the params of their class, be it named or the default one", () => {
    const parts: ClusterParts = {
      classes: [
        aClass("pub", { params: "p", isDefault: true }),
        aClass("other", { params: "q" }),
        aClass("foreign", { controller: "x", params: "p" }),
      ],
      params: [someParams("p", { group: { name: "g" } }), someParams("q", { group: { name: "h" } })],
      ingresses: [
        anIngress("shop/annotated", inGroup()),
        anIngress("shop/annotated-otherwise", { className: "pub", annotations: { [groupName]: "h" } }),
        anIngress("shop/by-default"),
        anIngress("shop/by-field", { className: "pub" }),
        anIngress("shop/by-annotation", { annotations: { "kubernetes.io/ingress.class": "alb" }, className: "pub" }),
        anIngress("shop/elsewhere", inGroup({ className: "other" })),
        anIngress("shop/foreign", { className: "foreign" }),
      ],
    };
    expect(loaded(g, parts)).toEqual({
      members: ["shop/annotated", "shop/annotated-otherwise", "shop/by-default", "shop/by-field"],
      inactive: [],
    });
  });

  test("keep what classified them", () => {
    const parts = {
      classes: [aClass("pub", { params: "p" })],
      params: [someParams("p", { group: { name: "g" }, scheme: "internal" })],
      ingresses: [anIngress("shop/web", { className: "pub" })],
    };
    expect(loadGroup(g, aCluster(parts), defaultProfile).members).toMatchObject([
      { ingress: { name: "web" }, classification: { by: "field", className: "pub", params: { scheme: "internal" } } },
    ]);
  });

  test("of the two controllers do not mix", () => {
    const auto = { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name: "p" };
    const parts: ClusterParts = {
      classes: [aClass("auto", { controller: "eks.amazonaws.com/alb", params: auto }), aClass("pub", { params: "p" })],
      params: [
        someParams("p", { group: { name: "g" } }),
        someParams("p", { group: { name: "g" } }, "eks.amazonaws.com/v1"),
      ],
      ingresses: [
        anIngress("shop/auto", inGroup({ className: "auto" })),
        anIngress("shop/auto-annotated", {
          className: "auto",
          annotations: { "kubernetes.io/ingress.class": "nginx" },
        }),
        anIngress("shop/pub", { className: "pub" }),
      ],
    };
    expect(loaded(g, parts)).toEqual({ members: ["shop/pub"], inactive: [] });
    expect(loaded({ ...g, controller: autoMode }, parts)).toEqual({
      members: ["shop/auto", "shop/auto-annotated"],
      inactive: [],
    });
  });

  test("of an implicit group: the one Ingress", () => {
    const ingresses = [anIngress("shop/web", { className: "alb" }), anIngress("shop/api", { className: "alb" })];
    expect(loaded(ofWeb, { ingresses })).toEqual({ members: ["shop/web"], inactive: [] });
    expect(loaded({ ...ofWeb, namespace: "gone" }, { ingresses })).toEqual({ members: [], inactive: [] });
    expect(loaded(ofWeb, { ingresses: [anIngress("shop/web", inGroup())] })).toEqual({ members: [], inactive: [] });
  });
});

describe("what is no member", () => {
  test.each<[string, IngressParts]>([
    ["one of another controller", inGroup({ annotations: { "kubernetes.io/ingress.class": "nginx" } })],
    ["one that is being deleted", inGroup({ isTerminating: true })],
    ["one that is being deleted, and whose class is gone", inGroup({ isTerminating: true, className: "gone" })],
    ["one of another group", { className: "alb", annotations: { [groupName]: "h" } }],
    ["one of an illegal group", { className: "alb", annotations: { [groupName]: "G" } }],
    ["one of its own", { className: "alb" }],
  ])("%s is inactive while it has the finalizer", (_name, parts) => {
    const load = (more: IngressParts): unknown =>
      loaded(g, { ingresses: [anIngress("shop/b", inGroup()), anIngress("shop/a", { ...parts, ...more })] });
    expect(load({})).toEqual({ members: ["shop/b"], inactive: [] });
    expect(load({ finalizers: ["group.ingress.k8s.aws/h"] })).toEqual({ members: ["shop/b"], inactive: [] });
    expect(load(marked)).toEqual({ members: ["shop/b"], inactive: ["shop/a"] });
  });

  test("inactive ones are told by name", () => {
    const ingresses = ["team/a", "shop/b", "shop/a"].map((key) => anIngress(key, { className: "alb", ...marked }));
    expect(loaded(g, { ingresses })).toEqual({ members: [], inactive: ["shop/a", "shop/b", "team/a"] });
  });

  test("the finalizer of implicit groups is for the Ingress' own", () => {
    const finalizers = ["ingress.k8s.aws/resources"];
    const ingresses = [anIngress("shop/web", inGroup({ finalizers })), anIngress("shop/api", inGroup({ finalizers }))];
    expect(loaded(ofWeb, { ingresses })).toEqual({ members: [], inactive: ["shop/web"] });
  });

  test("an Ingress whose class is invalid is passed over, but one with the finalizer holds up the group", () => {
    const load = (more: IngressParts): unknown =>
      loaded(g, {
        ingresses: [anIngress("shop/b", inGroup()), anIngress("shop/a", { ...inGroup(), className: "gone", ...more })],
      });
    expect(load({})).toEqual({ members: ["shop/b"], inactive: [] });
    expect(load(marked)).toEqual({
      members: ["shop/b"],
      inactive: [],
      problem: 'the IngressClass "gone" does not exist',
      at: "shop/a",
    });
  });
});

describe("an order", () => {
  test.each(["1001", "-1001", "x", "1.5", " 1", "", "4294967296"])("of %j holds up the group", (order) => {
    const problem = `its annotation ${groupOrder} must be a whole number from -1000 to 1000`;
    expect(loaded(g, { ingresses: [anIngress("shop/a", inGroup()), anIngress("shop/b", inGroup({}, order))] })).toEqual(
      { members: ["shop/a", "shop/b"], inactive: [], problem, at: "shop/b" },
    );
    const alone = anIngress("shop/web", { className: "alb", annotations: { [groupOrder]: order } });
    expect(loaded(ofWeb, { ingresses: [alone] })).toMatchObject({ problem, at: "shop/web" });
  });

  test("of what is no member does not count", () => {
    const ingresses = [anIngress("shop/a", inGroup()), anIngress("shop/b", inGroup({ isTerminating: true }, "x"))];
    expect(loaded(g, { ingresses })).toEqual({ members: ["shop/a"], inactive: [] });
  });
});

describe("several default classes", () => {
  const classes = [aClass("b", { isDefault: true }), aClass("a", { controller: "x", isDefault: true })];
  const web = anIngress("shop/web", { className: "alb" });
  const problem =
    "several IngressClasses are annotated as the default class (a, b), while an Ingress without a class exists";

  test("hold up every group while there is an Ingress without a class", () => {
    expect(loaded(ofWeb, { classes, ingresses: [web] })).toEqual({ members: ["shop/web"], inactive: [] });
    const faulty = { members: ["shop/web"], inactive: [], problem, at: "team/none" };
    expect(loaded(ofWeb, { classes, ingresses: [web, anIngress("team/none")] })).toEqual(faulty);
    expect(loaded(ofWeb, { classes, ingresses: [web] }, anIngress("team/none"))).toEqual(faulty);
  });

  test("do not where it is being deleted, has a class annotation, or gets a class now", () => {
    const fine = { members: ["shop/web"], inactive: [] };
    const stored = anIngress("team/none");
    const terminating = anIngress("team/none", { isTerminating: true });
    const annotated = anIngress("team/none", { annotations: { "kubernetes.io/ingress.class": "" } });
    expect(loaded(ofWeb, { classes, ingresses: [web, terminating] })).toEqual(fine);
    expect(loaded(ofWeb, { classes, ingresses: [web, annotated] })).toEqual(fine);
    expect(loaded(ofWeb, { classes, ingresses: [web, stored] }, terminating)).toEqual(fine);
    expect(loaded(ofWeb, { classes, ingresses: [web, stored] }, anIngress("team/none", { className: "b" }))).toEqual(
      fine,
    );
    expect(loaded(ofWeb, { classes, ingresses: [web, stored] }, anIngress("shop/none", inGroup()))).toMatchObject({
      at: "team/none",
    });
    // One of them alone is no doubt.
    expect(loaded(ofWeb, { classes: classes.slice(1), ingresses: [web, stored] })).toEqual(fine);
  });
});

describe("the incoming object", () => {
  const ingresses = [anIngress("shop/a", inGroup()), anIngress("shop/b", inGroup())];

  test("joins", () => {
    expect(loaded(g, { ingresses }, anIngress("shop/c", inGroup({}, "-1")))).toEqual({
      members: ["shop/c", "shop/a", "shop/b"],
      inactive: [],
    });
  });

  test("stands in place of the stored one", () => {
    const incoming = anIngress("shop/a", inGroup({}, "1"));
    const cluster = aCluster({ classes: [aClass("alb")], ingresses });
    expect(shown(g, cluster, incoming)).toEqual({ members: ["shop/b", "shop/a"], inactive: [] });
    expect(loadGroup(g, cluster, defaultProfile, incoming).members[1]?.ingress).toBe(incoming);
  });

  test("leaves", () => {
    const incoming = anIngress("shop/a", { className: "alb" });
    expect(loaded(g, { ingresses }, incoming)).toEqual({ members: ["shop/b"], inactive: [] });
    const stillMarked = anIngress("shop/a", { className: "alb", ...marked });
    expect(loaded(g, { ingresses }, stillMarked)).toEqual({ members: ["shop/b"], inactive: ["shop/a"] });
  });

  test.each(["shop/api", "team/web"])("of another implicit group changes nothing: %s", (key) => {
    const ingresses = [anIngress("shop/web", { className: "alb" })];
    const incoming = (parts: IngressParts): IngressObject =>
      anIngress(key, { className: "alb", finalizers: ["ingress.k8s.aws/resources"], ...parts });
    expect(loaded(ofWeb, { ingresses }, incoming({}))).toEqual({ members: ["shop/web"], inactive: [] });
    expect(loaded(ofWeb, { ingresses }, incoming({ isTerminating: true }))).toEqual({
      members: ["shop/web"],
      inactive: [],
    });
  });

  test("of another group changes nothing", () => {
    expect(loaded(ofWeb, { ingresses: [anIngress("shop/web", { className: "alb" })] }, ingresses[0])).toEqual({
      members: ["shop/web"],
      inactive: [],
    });
  });

  test("is all there is where nothing is known of the cluster", () => {
    expect(shown(g, undefined, anIngress("shop/a", inGroup()))).toEqual({ members: ["shop/a"], inactive: [] });
    expect(shown(g, undefined)).toEqual({ members: [], inactive: [] });
  });
});

test("loading looks at no more Ingresses than can be members", () => {
  const others = Array.from({ length: 500 }, (_, index) => anIngress(`team/${index}`, { className: "alb" }));
  const cluster = aCluster({ classes: [aClass("alb")], ingresses: [...others, anIngress("shop/a", inGroup())] });
  const seen = counting(cluster);
  expect(shown(g, seen.cluster)).toEqual({ members: ["shop/a"], inactive: [] });
  expect(seen.count()).toBeLessThanOrEqual(2);
});

test("loading again looks at none of them, until something changes", () => {
  const cluster = aCluster({ classes: [aClass("alb")], ingresses: [anIngress("shop/a", inGroup())] });
  const seen = counting(cluster);
  const both = () => shown(g, seen.cluster, anIngress("shop/b", inGroup()));
  expect(both()).toEqual({ members: ["shop/a", "shop/b"], inactive: [] });
  const before = seen.count();
  expect(both()).toEqual({ members: ["shop/a", "shop/b"], inactive: [] });
  expect(seen.count()).toBe(before);
  cluster.delete("Ingress", "shop/a");
  expect(both()).toEqual({ members: ["shop/b"], inactive: [] });
});

test("an Ingress that is made again while its namesake is being deleted takes its place", () => {
  const leaving = anIngress("shop/a", inGroup({ ...marked, isTerminating: true }));
  const cluster = aCluster({ classes: [aClass("alb")], ingresses: [leaving] });
  expect(shown(g, cluster, anIngress("shop/b", inGroup()))).toEqual({ members: ["shop/b"], inactive: ["shop/a"] });
  expect(shown(g, cluster, anIngress("shop/a", inGroup()))).toEqual({ members: ["shop/a"], inactive: [] });
});

test("a namespace's labels count at once, where IngressClassParams ask for them", () => {
  const namespaces: Record<string, Record<string, string>> = { shop: { tier: "gold" } };
  const params = [someParams("p", { namespaceSelector: { matchLabels: { tier: "gold" } } })];
  const cluster = aCluster({
    classes: [aClass("alb", { params: "p" })],
    params,
    namespaces,
    ingresses: [anIngress("shop/a", inGroup())],
  });
  expect(shown(g, cluster)).toEqual({ members: ["shop/a"], inactive: [] });
  namespaces["shop"] = { tier: "silver" };
  expect(shown(g, cluster)).toEqual({ members: [], inactive: [] });
});

describe("what was loaded before makes no difference", () => {
  const key = fc.constantFrom("a/a", "a/b", "a-b/a", "b/a");
  const parts = fc.record({
    className: fc.constantFrom("alb", "nginx", "gone", undefined),
    annotations: fc.record(
      { [groupName]: fc.constantFrom("g", "h", "G"), [groupOrder]: fc.constantFrom("0", "-5", "x", "1") },
      { requiredKeys: [] },
    ),
    finalizers: fc.constantFrom([], marked.finalizers),
    isTerminating: fc.boolean(),
  });
  const ingress = fc
    .tuple(key, parts)
    .map(([name, { className, ...rest }]) => anIngress(name, className === undefined ? rest : { className, ...rest }));
  const classes = fc.constantFrom(
    [aClass("alb")],
    [aClass("alb", { isDefault: true })],
    [aClass("alb", { isDefault: true }), aClass("two", { isDefault: true })],
    [aClass("alb", { params: "p" })],
  );
  const change = fc.oneof(
    ingress.map((made) => (cluster: ClusterObjects) => cluster.set("Ingress", made)),
    key.map((name) => (cluster: ClusterObjects) => cluster.delete("Ingress", name)),
    classes.map((made) => (cluster: ClusterObjects) => cluster.replace("IngressClass", made)),
    fc
      .constantFrom("g", "h")
      .map(
        (name) => (cluster: ClusterObjects) => cluster.set("IngressClassParams", someParams("p", { group: { name } })),
      ),
  );

  test("nor does the order of changes and questions", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.option(ingress, { nil: undefined })), { maxLength: 12 }), (steps) => {
        const lasting = aCluster({ classes: [aClass("alb")] });
        steps.forEach(([, incoming], index) => {
          steps[index]?.[0](lasting);
          const fresh = aCluster({ classes: [aClass("alb")] });
          for (const [apply] of steps.slice(0, index + 1)) apply(fresh);
          for (const asked of [incoming, undefined, incoming]) {
            expect(shown(g, lasting, asked)).toEqual(shown(g, fresh, asked));
          }
        });
      }),
    );
  });

  test("nor does it whether the incoming one was there before the group was asked for", () => {
    fc.assert(
      fc.property(fc.array(ingress, { maxLength: 6 }), classes, ingress, (stored, known, incoming) => {
        const cluster = aCluster({ classes: known, ingresses: stored });
        shown(g, cluster);
        const others = stored.filter((each) => keyOfIngress(each) !== keyOfIngress(incoming));
        const instead = aCluster({ classes: known, ingresses: [...others, incoming] });
        // Of several Ingresses at fault any one is named.
        const { members, inactive, problem } = loadGroup(g, cluster, defaultProfile, incoming);
        const expected = loadGroup(g, instead, defaultProfile);
        expect(members.map(({ ingress: member }) => keyOfIngress(member))).toEqual(
          expected.members.map(({ ingress: member }) => keyOfIngress(member)),
        );
        expect(inactive.map(keyOfIngress)).toEqual(expected.inactive.map(keyOfIngress));
        expect(problem === undefined).toBe(expected.problem === undefined);
      }),
    );
  });
});

/** Counts the Ingresses that are handed out. */
function counting(cluster: ClusterObjects): { readonly cluster: Cluster; readonly count: () => number } {
  let count = 0;
  function* counted(found: Iterable<IngressObject>): Iterable<IngressObject> {
    for (const ingress of found) {
      count += 1;
      yield ingress;
    }
  }
  return {
    count: () => count,
    cluster: {
      get version() {
        return cluster.version;
      },
      isComplete: (kind) => cluster.isComplete(kind),
      ingress: (namespace, name) => cluster.ingress(namespace, name),
      ingresses: () => cluster.ingresses(),
      ingressClass: (name) => cluster.ingressClass(name),
      ingressClasses: () => cluster.ingressClasses(),
      ingressClassParams: (api, name) => cluster.ingressClassParams(api, name),
      service: (namespace, name) => cluster.service(namespace, name),
      namespaceLabels: (name) => cluster.namespaceLabels(name),
      bindingsOf: (namespace, service) => cluster.bindingsOf(namespace, service),
      ingressesNamingGroup: (name) => counted(cluster.ingressesNamingGroup(name)),
      ingressesOfClass: (name) => counted(cluster.ingressesOfClass(name)),
      classlessIngresses: () => counted(cluster.classlessIngresses()),
      ingressesWithFinalizer: (finalizer) => counted(cluster.ingressesWithFinalizer(finalizer)),
      ingressesUsing: (namespace, service) => counted(cluster.ingressesUsing(namespace, service)),
    },
  };
}
