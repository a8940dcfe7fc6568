import { describe, expect, it } from "vitest";
import { checkGroups, isBroken } from "../../../src/decision/cluster/broken-groups.ts";
import type { CheckedGroup } from "../../../src/decision/cluster/broken-groups.ts";
import type { Cluster } from "../../../src/decision/cluster/cluster.ts";
import type { IngressObject } from "../../../src/decision/cluster/views.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import { aClass, aCluster, anIngress, someParams } from "./objects.ts";
import type { ClusterParts } from "./objects.ts";

const alb = "alb.ingress.kubernetes.io/";

describe("the groups of a cluster", () => {
  it("are those that annotations name, those of IngressClassParams, and each other Ingress of an ALB by itself", () => {
    const checked = check({
      classes: [aClass("alb"), aClass("shared", { params: "shared" }), aClass("nginx", { controller: "k8s.io/nginx" })],
      params: [someParams("shared", { group: { name: "by-params" } })],
      ingresses: [
        grouped("a/one", "by-annotation"),
        anIngress("b/two", { className: "shared" }),
        anIngress("c/three", { className: "shared", annotations: { [`${alb}group.name`]: "by-annotation" } }),
        anIngress("d/alone", { className: "alb" }),
        anIngress("e/foreign", { className: "nginx", annotations: { [`${alb}group.name`]: "by-annotation" } }),
      ],
    });
    expect(membersByGroup(checked)).toEqual({
      "by-annotation": ["a/one"],
      "by-params": ["b/two", "c/three"],
      "d/alone": ["d/alone"],
    });
  });

  it("are looked at once each, with a pause for each Ingress", () => {
    const ingresses = [grouped("a/one", "g"), grouped("a/two", "g"), grouped("a/three", "g")];
    const steps = [
      ...checkGroups({
        ingresses,
        cluster: aCluster({ classes: [aClass("alb")], ingresses }),
        profile: defaultProfile,
      }),
    ];
    expect(steps.map((step) => step?.name)).toEqual([undefined, "g", undefined, undefined]);
  });

  it("of the two controllers are different groups, though they have the same name", () => {
    const checked = check({
      classes: [
        aClass("alb"),
        aClass("auto", {
          controller: "eks.amazonaws.com/alb",
          params: { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name: "p" },
        }),
      ],
      params: [someParams("p", { group: { name: "g" } }, "eks.amazonaws.com/v1")],
      ingresses: [
        grouped("a/one", "g", { scheme: "internal" }),
        anIngress("b/two", { className: "auto", annotations: { [`${alb}scheme`]: "internet-facing" } }),
      ],
    });
    expect(checked.map(({ id, faults }) => [id.controller, faults])).toEqual([
      ["aws-load-balancer-controller", []],
      ["eks-auto-mode", []],
    ]);
  });

  it("that an Ingress has left are among them while it carries their finalizer, and empty", () => {
    const left = anIngress("a/one", {
      className: "alb",
      finalizers: ["group.ingress.k8s.aws/old", "ingress.k8s.aws/resources", "example.com/other"],
      annotations: { [`${alb}group.name`]: "new" },
    });
    expect(membersByGroup(check({ classes: [aClass("alb")], ingresses: [left] }))).toEqual({
      old: [],
      "a/one": [],
      new: ["a/one"],
    });
  });

  it("that an Ingress being deleted names are not its own any more", () => {
    const leaving = (finalizers: readonly string[]): IngressObject =>
      anIngress("a/one", {
        className: "alb",
        isTerminating: true,
        finalizers,
        annotations: { [`${alb}group.name`]: "g" },
      });
    expect(check({ classes: [aClass("alb")], ingresses: [leaving([])] })).toEqual([]);
    const held = leaving(["group.ingress.k8s.aws/g"]);
    expect(membersByGroup(check({ classes: [aClass("alb")], ingresses: [held] }))).toEqual({ g: [] });
  });
});

describe("a conflict", () => {
  it("names all that are at odds, of any namespace, with field and value", () => {
    const [group] = broken({
      classes: [aClass("alb")],
      ingresses: [
        grouped("team-a/docs", "g", { scheme: "internal" }),
        grouped("team-b/api", "g", { scheme: "internet-facing" }),
        grouped("team-c/silent", "g"),
      ],
    });
    expect(group).toMatchObject({ name: "g", id: { kind: "explicit", controller: "aws-load-balancer-controller" } });
    expect(group?.members).toHaveLength(3);
    const field = `metadata.annotations[${alb}scheme]`;
    expect(group?.faults).toEqual([
      {
        kind: "conflict",
        about: "scheme",
        message: 'scheme: team-a/docs has "internal", team-b/api has "internet-facing"',
        stated: [
          { ingress: "team-a/docs", field, value: "internal" },
          { ingress: "team-b/api", field, value: "internet-facing" },
        ],
      },
    ]);
  });

  it("that ends when the two agree is none", () => {
    const ingresses = (other: string) => [
      grouped("a/one", "g", { "ip-address-type": "dualstack" }),
      grouped("b/two", "g", { "ip-address-type": other }),
    ];
    expect(broken({ classes: [aClass("alb")], ingresses: ingresses("ipv4") })).toHaveLength(1);
    expect(broken({ classes: [aClass("alb")], ingresses: ingresses("dualstack") })).toEqual([]);
  });

  it("of many names three", () => {
    const ingresses = Array.from({ length: 7 }, (_, index) =>
      grouped(`a/m${index}`, "g", { "load-balancer-name": index < 4 ? "lb" : `lb-${index}` }),
    );
    const [group] = broken({ classes: [aClass("alb")], ingresses });
    expect(group?.faults.map(({ message }) => message)).toEqual([
      'load-balancer-name: a/m0, a/m1 and 2 more have "lb", a/m4 has "lb-4", 2 more',
    ]);
    expect(group?.faults[0]?.stated).toHaveLength(7);
  });

  it("that IngressClassParams which nobody knows may settle is not reported", () => {
    const parts = {
      classes: [aClass("alb"), aClass("open", { params: "p" })],
      ingresses: [
        grouped("a/one", "g", { scheme: "internal" }),
        grouped("b/two", "g", { scheme: "internet-facing" }, "open"),
      ],
    };
    expect(broken({ ...parts, isIncomplete: true })).toEqual([]);
    expect(broken({ ...parts, params: [someParams("p")] })).toHaveLength(1);
    expect(broken({ ...parts, params: [someParams("p", { scheme: "internal" })] })).toEqual([]);
  });

  it("that those of the first member may settle is not reported either", () => {
    const ingresses = ["60", "90"].map((seconds, index) =>
      grouped(`b/m${index}`, "g", { "load-balancer-attributes": `idle_timeout.timeout_seconds=${seconds}` }),
    );
    const classes = [aClass("alb"), aClass("open", { params: "p" })];
    const cluster = { classes, isIncomplete: true };
    expect(broken({ ...cluster, ingresses: [grouped("a/first", "g", {}, "open"), ...ingresses] })).toEqual([]);
    expect(broken({ ...cluster, ingresses: [...ingresses, grouped("c/last", "g", {}, "open")] })).toHaveLength(1);
  });

  it("names an Ingress once that states a value twice, itself and by its class", () => {
    const [group] = broken({
      classes: [aClass("alb"), aClass("walled", { params: "p" })],
      params: [someParams("p", { wafv2AclArn: "arn:x" })],
      ingresses: [
        grouped("a/one", "g", { "wafv2-acl-arn": "arn:x" }, "walled"),
        grouped("b/two", "g", { "wafv2-acl-arn": "arn:y" }),
      ],
    });
    expect(group?.faults.map(({ message }) => message)).toEqual([
      'wafv2-acl-arn: a/one has "arn:x", b/two has "arn:y"',
    ]);
  });

  it("depends on the profile where the controller's flags do", () => {
    const ingresses = ["CapacityUnits=1", "CapacityUnits=2"].map((capacity, index) =>
      grouped(`a/m${index}`, "g", { "minimum-load-balancer-capacity": capacity }),
    );
    const cluster = aCluster({ classes: [aClass("alb")], ingresses });
    const off = { ...defaultProfile, featureGates: { ...defaultProfile.featureGates, LBCapacityReservation: false } };
    const count = (profile: typeof defaultProfile) => run(ingresses, cluster, profile).filter(isBroken).length;
    expect([count(defaultProfile), count(off)]).toEqual([1, 0]);
  });
});

describe("a redirect of HTTP", () => {
  it.each([
    ['[{"HTTP": 80}]', "ssl-redirect: shop/web has HTTP redirected to port 443, where nothing listens"],
    [
      '[{"HTTP": 80}, {"HTTP": 443}]',
      "ssl-redirect: shop/web has HTTP redirected to port 443, where it listens with HTTP",
    ],
    ['[{"HTTP": 80}, {"HTTPS": 443}]', undefined],
  ])("with the listeners %s", (listenPorts, message) => {
    const annotations = { [`${alb}ssl-redirect`]: "443", [`${alb}listen-ports`]: listenPorts };
    const ingresses = [anIngress("shop/web", { className: "alb", annotations })];
    const groups = broken({ classes: [aClass("alb")], ingresses });
    expect(groups.flatMap(({ faults }) => faults).map((fault) => fault.message)).toEqual(
      message === undefined ? [] : [message],
    );
    expect(groups.flatMap(({ faults }) => faults).every(({ kind }) => kind === "redirect")).toBe(true);
  });

  it("that IngressClassParams which nobody knows may mend is not reported", () => {
    const parts = {
      classes: [aClass("public", { params: "p" })],
      ingresses: [anIngress("shop/web", { className: "public", annotations: { [`${alb}ssl-redirect`]: "443" } })],
    };
    expect(broken({ ...parts, isIncomplete: true })).toEqual([]);
    expect(broken({ ...parts, params: [someParams("p")] })).toHaveLength(1);
  });

  it("by IngressClassParams counts as well", () => {
    const [group] = broken({
      classes: [aClass("public", { params: "p" })],
      params: [someParams("p", { sslRedirectPort: "443" })],
      ingresses: [anIngress("shop/web", { className: "public" })],
    });
    expect(group?.faults).toMatchObject([{ kind: "redirect", about: "ssl-redirect" }]);
  });
});

describe("a group that cannot be loaded", () => {
  it("has an Ingress with an order that is none, and no other fault is looked for", () => {
    const [group] = broken({
      classes: [aClass("alb")],
      ingresses: [
        grouped("a/one", "g", { scheme: "internal" }),
        grouped("b/two", "g", { scheme: "internet-facing", "group.order": "first" }),
      ],
    });
    expect(group?.faults).toEqual([
      {
        kind: "load",
        about: "load",
        message: `b/two: its annotation ${alb}group.order must be a whole number from -1000 to 1000`,
        stated: [],
      },
    ]);
  });

  it("has lost the class of its only Ingress, which it knows by its finalizer alone", () => {
    const orphan = anIngress("a/one", { className: "gone", finalizers: ["group.ingress.k8s.aws/g"] });
    expect(broken({ ingresses: [orphan] })).toMatchObject([
      { name: "g", members: [], faults: [{ kind: "load", message: 'a/one: the IngressClass "gone" does not exist' }] },
    ]);
    const never = anIngress("a/one", { className: "gone" });
    expect(broken({ ingresses: [never] })).toEqual([]);
  });

  it("is every one while the default class is ambiguous and an Ingress has none", () => {
    const parts = {
      classes: [aClass("alb", { isDefault: true }), aClass("other", { isDefault: true })],
      ingresses: [grouped("a/one", "g"), anIngress("b/alone", { className: "alb" }), anIngress("c/classless")],
    };
    expect(broken(parts).map(({ name }) => name)).toEqual(["g", "b/alone"]);
    expect(broken({ ...parts, ingresses: parts.ingresses.slice(0, 2) })).toEqual([]);
  });
});

describe("the cost", () => {
  it("grows with the Ingresses and no faster: each is asked about a bounded number of times", () => {
    const lookUps = (count: number): number => {
      const ingresses = Array.from({ length: count }, (_, index) =>
        grouped(`ns/i${index}`, `g${index % (count / 10)}`),
      );
      const cluster = aCluster({ classes: [aClass("alb")], ingresses });
      let visited = 0;
      const counting: Cluster = Object.create(cluster, {
        isComplete: { value: cluster.isComplete.bind(cluster) },
        ingressClass: { value: (name: string) => ((visited += 1), cluster.ingressClass(name)) },
        ingressClasses: { value: cluster.ingressClasses.bind(cluster) },
        ingressesOfClass: { value: cluster.ingressesOfClass.bind(cluster) },
        ingressesWithFinalizer: { value: cluster.ingressesWithFinalizer.bind(cluster) },
        ingressesNamingGroup: { value: cluster.ingressesNamingGroup.bind(cluster) },
        classlessIngresses: { value: cluster.classlessIngresses.bind(cluster) },
        ingress: { value: cluster.ingress.bind(cluster) },
        ingressClassParams: { value: cluster.ingressClassParams.bind(cluster) },
        namespaceLabels: { value: cluster.namespaceLabels.bind(cluster) },
      });
      run(ingresses, counting, defaultProfile);
      return visited;
    };
    expect(lookUps(1000)).toBe(10 * lookUps(100));
  });
});

/** A member of a group, with annotations without their prefix. */
function grouped(
  key: string,
  group: string,
  annotations: Readonly<Record<string, string>> = {},
  className = "alb",
): IngressObject {
  const all = { "group.name": group, ...annotations };
  return anIngress(key, {
    className,
    annotations: Object.fromEntries(Object.entries(all).map(([name, value]) => [`${alb}${name}`, value])),
  });
}

function check(parts: ClusterParts): readonly CheckedGroup[] {
  return run(parts.ingresses ?? [], aCluster(parts), defaultProfile);
}

function broken(parts: ClusterParts): readonly CheckedGroup[] {
  return check(parts).filter(isBroken);
}

function run(
  ingresses: Iterable<IngressObject>,
  cluster: Cluster,
  profile: typeof defaultProfile,
): readonly CheckedGroup[] {
  return [...checkGroups({ ingresses, cluster, profile })].filter((step) => step !== undefined);
}

function membersByGroup(checked: readonly CheckedGroup[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    checked.map(({ name, members }) => [name, members.map(({ ingress }) => `${ingress.namespace}/${ingress.name}`)]),
  );
}
