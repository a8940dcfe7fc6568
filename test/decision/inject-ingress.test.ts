import { describe, expect, it } from "vitest";
import { alb } from "../../src/annotations/catalog.ts";
import { injectionWarnings } from "../../src/decision/messages.ts";
import type { Decision } from "../../src/decision/decide.ts";
import { autoModeClass, classWithParams, inGroup, keyed, member } from "../rules/group-members.ts";
import { decided, injected, leftOut, publicDualStack } from "../support/decisions.ts";
import type { Surroundings } from "../support/decisions.ts";
import { ingress } from "../support/subjects.ts";
import type { ObjectParts } from "../support/subjects.ts";

const provisioned = {
  finalizers: ["ingress.k8s.aws/resources"],
  status: { loadBalancer: { ingress: [{ hostname: "k8s-shop-web.elb.amazonaws.com" }] } },
};
const allValues = {
  [alb.scheme]: "internet-facing",
  [alb.ipAddressType]: "dualstack",
  [alb.targetType]: "ip",
};

function create(parts: ObjectParts, policy: object = publicDualStack, profile = {}) {
  return decided(ingress(parts, { phase: "mutating" }), { policy: { ...policy }, profile });
}

function update(old: ObjectParts, parts: ObjectParts, policy: object = publicDualStack, profile = {}) {
  return decided(ingress(parts, { phase: "mutating", old }), { policy: { ...policy }, profile });
}

describe("an Ingress of an ALB class", () => {
  it("gets every value of the policy", () => {
    expect(injected(create({}))).toEqual(allValues);
  });

  it("gets them by the class annotation too, which wins over the field and bypasses IngressClassParams", () => {
    const parts = { annotations: { "kubernetes.io/ingress.class": "alb" }, spec: { ingressClassName: undefined } };
    expect(injected(create(parts, publicDualStack, { albClasses: [{ name: "alb", hasParams: undefined }] }))).toEqual(
      allValues,
    );
  });

  it("keeps what the author wrote, be it empty", () => {
    expect(injected(create({ annotations: { [alb.scheme]: "", [alb.targetType]: "instance" } }))).toEqual({
      [alb.ipAddressType]: "dualstack",
    });
  });

  it.each([
    ["another class", { spec: { ingressClassName: "nginx" } }],
    ["another class annotation beside the ALB's field", { annotations: { "kubernetes.io/ingress.class": "nginx" } }],
    ["no class", { spec: { ingressClassName: undefined } }],
  ])("of %s is not ours", (_name, parts) => {
    expect(create(parts)).toMatchObject({ untouched: "not-ours", injections: [] });
  });

  it("served under a configured class name is ours", () => {
    const decision = create({ spec: { ingressClassName: "internal-alb" } }, publicDualStack, {
      albClasses: [{ name: "internal-alb", hasParams: false }],
    });
    expect(injected(decision)).toEqual(allValues);
  });
});

describe("a load balancer that others may decide", () => {
  it("of an IngressGroup gets no load-balancer-level value, with warnings", () => {
    const decision = create({ annotations: { [alb.groupName]: "public" } });
    expect(injected(decision)).toEqual({ [alb.targetType]: "ip" });
    expect(leftOut(decision)).toEqual({ [alb.scheme]: "shared", [alb.ipAddressType]: "shared" });
    expect(injectionWarnings(decision)).toEqual([
      'metadata.annotations[…/scheme] "internet-facing" was left out: other Ingresses of the IngressGroup "public" share the load balancer',
      'metadata.annotations[…/ip-address-type] "dualstack" was left out: other Ingresses of the IngressGroup "public" share the load balancer',
    ]);
  });

  it("of a class that may carry params gets none either", () => {
    const decision = create({}, publicDualStack, { albClasses: [{ name: "alb", hasParams: undefined }] });
    expect(injected(decision)).toEqual({ [alb.targetType]: "ip" });
    expect(injectionWarnings(decision).join("\n")).toContain('IngressClass "alb" may have IngressClassParams');
  });

  it("of EKS Auto Mode, which reads no group off an annotation, is left to its class", () => {
    const parts = { annotations: { [alb.groupName]: "public" } };
    const profile = { controllers: ["eks-auto-mode"], albClasses: [{ name: "alb", hasParams: undefined }] };
    expect(injectionWarnings(create(parts, publicDualStack, profile)).join("\n")).not.toContain("IngressGroup");
  });

  it("does not warn about values that the author wrote", () => {
    const annotations = { [alb.groupName]: "public", [alb.scheme]: "internal", [alb.ipAddressType]: "ipv4" };
    expect(injectionWarnings(create({ annotations }))).toEqual([]);
  });
});

describe("an update", () => {
  it("of an Ingress without a load balancer gets every value", () => {
    expect(injected(update({}, {}))).toEqual(allValues);
  });

  it("from another controller's class gets every value, though that controller has given it an address", () => {
    const { status } = provisioned;
    expect(injected(update({ spec: { ingressClassName: "nginx" }, status }, { status }))).toEqual(allValues);
  });

  it("of one with a load balancer gets nothing under Preserve", () => {
    expect(injected(update(provisioned, provisioned))).toEqual({});
  });

  it("of one with a load balancer gets the address type under Migrate", () => {
    const migrate = { ...publicDualStack, existing: "Migrate" };
    expect(injected(update(provisioned, provisioned, migrate))).toEqual({ [alb.ipAddressType]: "dualstack" });
  });

  it("under Migrate does not take the public IPv4 addresses away from a live load balancer", () => {
    const ingress6 = {
      ...publicDualStack,
      existing: "Migrate",
      ingress: { ipAddressType: { default: "dualstack-without-public-ipv4" } },
    };
    const decision = update(
      { ...provisioned, annotations: { [alb.scheme]: "internet-facing" } },
      { ...provisioned, annotations: { [alb.scheme]: "internet-facing", team: "a" } },
      ingress6,
    );
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({ [alb.ipAddressType]: "profile" });
  });

  it("that drops what we injected on a live load balancer gets it back", () => {
    const note = `policy=test; keys=${alb.scheme}`;
    const old = { ...provisioned, annotations: { [alb.scheme]: "internet-facing", "dualstack.dev/injected": note } };
    const decision = update(old, provisioned);
    expect(injected(decision)).toEqual({ [alb.scheme]: "internet-facing" });
    expect(decision.provenance).toEqual({ action: "write", value: note });
  });

  it("that joins a group gets nothing back: another member may state the value", () => {
    const note = `policy=test; keys=${alb.scheme}`;
    const old = { ...provisioned, annotations: { [alb.scheme]: "internet-facing", "dualstack.dev/injected": note } };
    expect(injected(update(old, { ...provisioned, annotations: { [alb.groupName]: "public" } }))).toEqual({});
  });
});

interface Request {
  readonly parts?: ObjectParts;
  readonly old?: ObjectParts;
  readonly cluster: readonly unknown[];
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly surroundings?: Surroundings;
}

/** In a cluster of which all is known. */
function inCluster({ parts = {}, old, cluster, spec = publicDualStack, surroundings = {} }: Request): Decision {
  return decided(ingress(parts, { phase: "mutating", old }), { policy: spec, cluster, ...surroundings });
}

const migrate = { ...publicDualStack, existing: "Migrate" };
const facing = { scheme: "internet-facing" };
const dualstack = { "ip-address-type": "dualstack" };
const live = { hostname: "k8s-g.elb.amazonaws.com" };
const finalizers = ["group.ingress.k8s.aws/g"];
const note = {
  "dualstack.dev/injected": `policy=test; keys=${alb.ipAddressType},${alb.scheme},${alb.targetType}`,
};

/** Another member of "g" that carries the group's finalizer. */
function built(key: string, annotations: Readonly<Record<string, string>> = {}): object {
  const [namespace, name] = key.split("/");
  const metadata = { namespace, name, finalizers, ...inGroup(annotations) };
  return { kind: "Ingress", metadata, spec: { ingressClassName: "alb" } };
}

describe("the load balancer of a group that is known", () => {
  it("gets every value from its first member", () => {
    expect(injected(inCluster({ parts: inGroup(), cluster: [] }))).toEqual(allValues);
  });

  it("is left to others as long as not all members are known", () => {
    for (const kind of ["Ingress", "IngressClass", "IngressClassParams"] as const) {
      const decision = inCluster({ parts: inGroup(), cluster: [], surroundings: { unsure: [kind] } });
      expect(leftOut(decision)).toEqual({ [alb.scheme]: "shared", [alb.ipAddressType]: "shared" });
    }
  });

  it("keeps what another member states: that is copied, and where the policy says otherwise a warning tells", () => {
    const cluster = [member("team-b/api", { scheme: "internal", ...dualstack })];
    const decision = inCluster({ parts: inGroup(), cluster });
    expect(injected(decision)).toEqual({ ...allValues, [alb.scheme]: "internal" });
    expect(injectionWarnings(decision)).toEqual([
      'metadata.annotations[…/scheme] was set as the IngressGroup "g" has it; policy test would set "internet-facing"',
    ]);
  });

  it("is not copied where the policy does not allow it, and nobody learns it", () => {
    const scheme = { default: "internet-facing", allowed: ["internet-facing"] };
    const cluster = [member("team-b/api", { scheme: "internal" })];
    const decision = inCluster({ parts: inGroup(), cluster, spec: { ingress: { scheme } } });
    expect(injected(decision)).toEqual({});
    expect(injectionWarnings(decision)).toEqual([
      'metadata.annotations[…/scheme] "internet-facing" was left out: the IngressGroup "g", which is shared with another Ingress, has another value, which the policy does not allow',
    ]);
    expect(decision.findings.map(({ rule, field }) => `${rule} ${field}`)).toEqual([
      "value-not-allowed-by-policy metadata.annotations[alb.ingress.kubernetes.io/group.name]",
    ]);
  });

  it("keeps what the IngressClassParams of another member state", () => {
    const cluster = [
      ...classWithParams("theirs", { scheme: "internal" }),
      member("team-b/api", {}, { ingressClassName: "theirs" }),
    ];
    expect(injected(inCluster({ parts: inGroup(), cluster }))[alb.scheme]).toBe("internal");
  });

  it("gets no value that the controller rejects, be it another member's", () => {
    const decision = inCluster({
      parts: inGroup(),
      cluster: [member("team-b/api", { scheme: "public", ...dualstack })],
    });
    expect(injected(decision)).toEqual({ [alb.ipAddressType]: "dualstack", [alb.targetType]: "ip" });
    expect(leftOut(decision)).toEqual({ [alb.scheme]: "shared" });
  });

  it("gets no value on which others contradict each other", () => {
    const cluster = [member("team-b/api", facing), member("team-c/api", { scheme: "internal" })];
    expect(leftOut(inCluster({ parts: inGroup(), cluster }))[alb.scheme]).toBe("shared");
  });

  it("is not changed for members that state nothing, with a warning that shows nothing of theirs", () => {
    const decision = inCluster({ parts: inGroup(), cluster: [member("team-b/api"), member("team-c/api")] });
    expect(injected(decision)).toEqual({ [alb.targetType]: "ip" });
    expect(leftOut(decision)).toEqual({ [alb.scheme]: "shared", [alb.ipAddressType]: "shared" });
    expect(injectionWarnings(decision)).toEqual([
      'metadata.annotations[…/scheme] "internet-facing" was left out: it would change the load balancer of the IngressGroup "g", which is shared with 2 other Ingresses',
      'metadata.annotations[…/ip-address-type] "dualstack" was left out: it would change the load balancer of the IngressGroup "g", which is shared with 2 other Ingresses',
    ]);
  });

  it("gets a value that is in force already", () => {
    const spec = { ingress: { scheme: { default: "internal" }, ipAddressType: { default: "ipv4" } } };
    const decision = inCluster({ parts: inGroup(), cluster: [built("team-b/api")], spec });
    expect(injected(decision)).toEqual({ [alb.scheme]: "internal", [alb.ipAddressType]: "ipv4" });
    expect(injectionWarnings(decision)).toEqual([]);
  });

  it("takes the controller's default for the value in force", () => {
    const spec = { ingress: { scheme: { default: "internet-facing" } } };
    const surroundings: Surroundings = { profile: { defaultScheme: "internet-facing" } };
    const decision = inCluster({ parts: inGroup(), cluster: [member("team-b/api")], spec, surroundings });
    expect(injected(decision)).toEqual({ [alb.scheme]: "internet-facing" });
  });

  it("is that of the class, whatever the annotation says", () => {
    const cluster = [
      ...classWithParams("grouped", { group: { name: "g" } }),
      member("team-b/api", { scheme: "internal" }),
    ];
    const parts = { spec: { ingressClassName: "grouped" }, annotations: keyed({ "group.name": "h" }) };
    expect(injected(inCluster({ parts, cluster }))[alb.scheme]).toBe("internal");
  });

  it("is none of those that leave it; while its load balancer may be there, it is not changed", () => {
    const leaving = {
      kind: "Ingress",
      metadata: {
        namespace: "team-b",
        name: "api",
        finalizers,
        deletionTimestamp: "2026-01-01T00:00:00Z",
        ...inGroup({ scheme: "internal" }),
      },
      spec: { ingressClassName: "alb" },
    };
    const decision = inCluster({ parts: inGroup(), cluster: [leaving] });
    expect(leftOut(decision)).toEqual({ [alb.scheme]: "shared", [alb.ipAddressType]: "shared" });
    const internal = { ingress: { scheme: { default: "internal" } } };
    expect(injected(inCluster({ parts: inGroup(), cluster: [leaving], spec: internal }))).toEqual({
      [alb.scheme]: "internal",
    });
  });
});

describe("IngressClassParams that are known", () => {
  const parts = { spec: { ingressClassName: "theirs" } };

  it("set nothing: the policy fills in", () => {
    expect(injected(inCluster({ parts, cluster: classWithParams("theirs", {}) }))).toEqual(allValues);
  });

  it("win: what they set is not injected, and a warning tells where the policy says otherwise", () => {
    const cluster = classWithParams("theirs", {
      scheme: "internal",
      ipAddressType: "dualstack",
      targetType: "instance",
    });
    const decision = inCluster({ parts, cluster });
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({
      [alb.scheme]: "shared",
      [alb.ipAddressType]: "settled",
      [alb.targetType]: "shared",
    });
    const say = 'the IngressClassParams "theirs" of the IngressClass "theirs" set';
    expect(injectionWarnings(decision)).toEqual([
      `metadata.annotations[…/scheme] "internet-facing" was left out: ${say} "internal", which wins`,
      `metadata.annotations[…/target-type] "ip" was left out: ${say} "instance", which wins`,
    ]);
  });

  it("say nothing of what the author wrote all the same, which another rule does", () => {
    const cluster = classWithParams("theirs", { scheme: "internal", targetType: "instance" });
    const written = { ...parts, annotations: keyed({ ...facing, "target-type": "ip" }) };
    expect(leftOut(inCluster({ parts: written, cluster }))).toEqual({
      [alb.scheme]: "written",
      [alb.targetType]: "written",
    });
  });

  it("are bypassed by the class annotation", () => {
    const cluster = classWithParams("alb", { scheme: "internal" });
    const annotated = { annotations: { "kubernetes.io/ingress.class": "alb" }, spec: { ingressClassName: undefined } };
    expect(injected(inCluster({ parts: annotated, cluster }))).toEqual(allValues);
  });

  it("of EKS Auto Mode say the group, which no annotation does", () => {
    const cluster = [
      ...autoModeClass("auto"),
      member("team-b/api", { scheme: "internal" }, { ingressClassName: "auto" }),
    ];
    const decision = inCluster({ parts: { spec: { ingressClassName: "auto" } }, cluster });
    expect(injected(decision)[alb.scheme]).toBe("internal");
    const [autoClass] = autoModeClass("auto");
    const plain = { ...autoClass, spec: { controller: "eks.amazonaws.com/alb" } };
    const alone = { spec: { ingressClassName: "auto" }, ...inGroup() };
    expect(injected(inCluster({ parts: alone, cluster: [plain, member("team-b/api")] }))).toEqual(allValues);
  });
});

describe("the target type of an Ingress whose Services are known", () => {
  const spec = { ingress: { targetType: { default: "ip" } } };
  const path = (name: string, at: string): object => ({
    path: at,
    pathType: "Prefix",
    backend: { service: { name, port: { number: 80 } } },
  });
  const parts = {
    spec: { defaultBackend: undefined, rules: [{ http: { paths: [path("a", "/a"), path("b", "/b")] } }] },
  };
  const backend = (name: string, annotations = {}): object => ({
    kind: "Service",
    metadata: { namespace: "shop", name, annotations },
    spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] },
  });
  const own = { [alb.targetType]: "instance" };

  it("is left to them where each of them states one, be it empty", () => {
    const cluster = [backend("a", own), backend("b", { [alb.targetType]: "" })];
    expect(leftOut(inCluster({ parts, cluster, spec }))).toEqual({ [alb.targetType]: "written" });
  });

  it("stays where the author wrote it, whatever they state", () => {
    const cluster = [backend("a", own), backend("b", own)];
    const decision = inCluster({ parts: { ...parts, annotations: own }, cluster, spec });
    expect(decision.leftOut.map(({ message }) => message)).toEqual([
      "metadata.annotations[alb.ingress.kubernetes.io/target-type] is written by the author",
    ]);
  });

  it("is injected for the others where one of them states none, or is not there", () => {
    for (const others of [[backend("b")], []]) {
      const cluster = [backend("a", own), ...others];
      expect(injected(inCluster({ parts, cluster, spec }))).toEqual({ [alb.targetType]: "ip" });
    }
  });
});

describe("an update in a group that is known", () => {
  const status = { loadBalancer: { ingress: [live] } };

  it("gets nothing under Preserve while any member has a load balancer", () => {
    for (const cluster of [[built("team-b/api")], []]) {
      const own = cluster.length === 0 ? { ...inGroup(), finalizers } : inGroup();
      const decision = inCluster({ parts: own, old: own, cluster });
      expect(injected(decision)).toEqual({});
      expect(injectionWarnings(decision)).toEqual([]);
    }
  });

  it("gets every value where none has, and nobody else is in it", () => {
    expect(injected(inCluster({ parts: inGroup(), old: inGroup(), cluster: [] }))).toEqual(allValues);
  });

  it("under Migrate gets the address type where no other Ingress shares the load balancer", () => {
    const own = { ...inGroup(), status };
    expect(injected(inCluster({ parts: own, old: own, cluster: [], spec: migrate }))).toEqual({
      [alb.ipAddressType]: "dualstack",
    });
  });

  it("under Migrate turns no load balancer that others share, and copies nothing", () => {
    const own = { ...inGroup(), status };
    const decision = inCluster({ parts: own, old: own, cluster: [built("team-b/api")], spec: migrate });
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({ [alb.ipAddressType]: "shared" });
    const stating = inCluster({ parts: own, old: own, cluster: [built("team-b/api", dualstack)], spec: migrate });
    expect(injected(stating)).toEqual({});
    expect(injectionWarnings(stating)).toEqual([]);
  });

  it("under Migrate gets it where others only leave", () => {
    const leaving = {
      kind: "Ingress",
      metadata: { namespace: "team-b", name: "api", finalizers, annotations: {} },
      spec: { ingressClassName: "alb" },
    };
    const own = { ...inGroup(), status };
    expect(injected(inCluster({ parts: own, old: own, cluster: [leaving], spec: migrate }))).toEqual({
      [alb.ipAddressType]: "dualstack",
    });
  });

  it("under Migrate keeps what the author wrote, without a word about it", () => {
    const own = { ...inGroup({ "ip-address-type": "ipv4" }), status };
    const cluster = [built("team-b/api", { "ip-address-type": "ipv4" })];
    const decision = inCluster({ parts: own, old: own, cluster, spec: migrate });
    expect(injectionWarnings(decision)).toEqual([]);
  });

  it("gets nothing where the name of the group was none, and the load balancer is there", () => {
    const bad = { annotations: keyed({ "group.name": "G" }), status };
    expect(injected(inCluster({ parts: { ...inGroup(), status }, old: bad, cluster: [] }))).toEqual({});
  });

  it("that leaves a load balancer gets nothing: it had one", () => {
    const decision = inCluster({ parts: { ...inGroup(), status }, old: { status }, cluster: [built("team-b/api")] });
    expect(injected(decision)).toEqual({});
  });
});

describe("what we injected and an update drops, on a load balancer that exists", () => {
  const old = { ...inGroup({ ...facing, ...dualstack, "target-type": "ip" }), finalizers };
  const stored = { ...old, annotations: { ...old.annotations, ...note } };
  const dropped = { ...inGroup(), finalizers };

  it("comes back where no other member states it", () => {
    expect(injected(inCluster({ parts: dropped, old: stored, cluster: [] }))).toEqual(allValues);
    expect(injected(inCluster({ parts: dropped, old: stored, cluster: [built("team-b/api")] }))).toEqual(allValues);
  });

  it("comes back where only another member says that there is a load balancer", () => {
    const decision = inCluster({
      parts: inGroup(),
      old: { annotations: stored.annotations },
      cluster: [built("team-b/api")],
    });
    expect(injected(decision)).toEqual(allValues);
  });

  it("does not where another member states it: to change it, all others first let it go", () => {
    const decision = inCluster({ parts: dropped, old: stored, cluster: [built("team-b/api", facing)] });
    expect(injected(decision)).toEqual({ [alb.ipAddressType]: "dualstack", [alb.targetType]: "ip" });
  });

  it("does not where IngressClassParams rule", () => {
    const cluster = classWithParams("theirs", { scheme: "internal", targetType: "ip" });
    const decision = inCluster({
      parts: { ...dropped, spec: { ingressClassName: "theirs" } },
      old: stored,
      cluster,
    });
    expect(injected(decision)).toEqual({ [alb.ipAddressType]: "dualstack" });
  });

  it("does not where it would change the load balancer of a group that the Ingress joins", () => {
    const joining = { annotations: keyed({ "group.name": "h" }), finalizers };
    const silent = {
      kind: "Ingress",
      metadata: { namespace: "team-b", name: "api", annotations: keyed({ "group.name": "h" }) },
      spec: { ingressClassName: "alb" },
    };
    const decision = inCluster({ parts: joining, old: stored, cluster: [silent] });
    expect(injected(decision)).toEqual({ [alb.targetType]: "ip" });
  });

  it("does not while the members are not known", () => {
    const surroundings: Surroundings = { unsure: ["Ingress"] };
    expect(injected(inCluster({ parts: dropped, old: stored, cluster: [], surroundings }))).toEqual({
      [alb.targetType]: "ip",
    });
  });
});

describe("an Ingress that arrives without what the policy injects", () => {
  const service = {
    kind: "Service",
    metadata: { namespace: "shop", name: "web" },
    spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] },
  };

  function missing(parts: ObjectParts, cluster: readonly unknown[]): readonly string[] {
    const decision = decided(ingress(parts), { policy: publicDualStack, cluster });
    return decision.findings.filter(({ rule }) => rule === "policy-not-applied").map(({ field }) => field);
  }

  const fields = [alb.scheme, alb.ipAddressType, alb.targetType].map((key) => `metadata.annotations[${key}]`);

  it("is refused", () => {
    expect(missing({}, [service])).toEqual(fields);
    expect(missing(inGroup(), [service])).toEqual(fields);
  });

  it("is not for what the load balancer has all the same, by other members or as the default", () => {
    expect(missing(inGroup(), [service, member("team-b/api", { ...facing, ...dualstack })])).toEqual([fields[2]]);
    expect(missing(inGroup(), [service, member("team-b/api", { scheme: "internal" })])).toEqual([fields[2]]);
  });

  it("is not for a target type that a Service which is not known here may have stood against", () => {
    expect(missing({}, [])).toEqual(fields.slice(0, 2));
  });

  it("is not for what was left out when it was mutated, as its note shows; what was taken away since is missed", () => {
    const ours = { "dualstack.dev/injected": `policy=test; keys=${alb.targetType}` };
    expect(missing({ annotations: { ...ours, [alb.targetType]: "ip" } }, [service])).toEqual([]);
    expect(missing({ annotations: ours }, [service])).toEqual([fields[2]]);
  });
});
