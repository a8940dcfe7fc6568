import { describe, expect, it } from "vitest";
import { alb } from "../../../src/annotations/catalog.ts";
import { classify } from "../../../src/decision/cluster/classify.ts";
import type { ClusterKind } from "../../../src/decision/cluster/cluster.ts";
import { groupStateOf } from "../../../src/decision/cluster/group-state.ts";
import type { GroupState } from "../../../src/decision/cluster/group-state.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import { aClass, aCluster, anIngress } from "./objects.ts";
import type { IngressParts } from "./objects.ts";

/** What a request does to load balancers that exist. */

const facing = { [alb.scheme]: "internet-facing" };

/** shop/web, in the group "g" unless told. */
function own(annotations: Readonly<Record<string, string>> = {}): IngressParts {
  return { className: "alb", annotations: { [alb.groupName]: "g", ...annotations } };
}

/** A member that the controller has marked. */
function built(group = "g"): IngressParts {
  return { className: "alb", annotations: { [alb.groupName]: group }, finalizers: [`group.ingress.k8s.aws/${group}`] };
}

interface World {
  readonly unsure?: readonly ClusterKind[];
}

/** The group of shop/web; the others are team-0/web, team-1/web, and so on. */
function stateOf(parts: IngressParts, others: readonly IngressParts[] = [], { unsure = [] }: World = {}): GroupState {
  const cluster = aCluster({
    ingresses: others.map((each, index) => anIngress(`team-${index}/web`, each)),
    classes: [aClass("alb"), aClass("open", { params: "unknown" })],
  });
  for (const kind of unsure) cluster.setComplete(kind, false);
  const ingress = anIngress("shop/web", parts);
  const served = classify(ingress, cluster, defaultProfile);
  const state = served.outcome === "served" ? groupStateOf(ingress, served, cluster, defaultProfile) : undefined;
  if (state === undefined) throw new Error("the Ingress is in no group");
  return state;
}

function schemes(next: GroupState, stored?: GroupState) {
  return next.changesFrom(stored).map(({ how, before, after, others }) => [how, before.scheme, after.scheme, others]);
}

describe("what a request changes", () => {
  it("within a group is what all members have, before and after", () => {
    expect(schemes(stateOf(own(), [built()]), stateOf(own(facing), [built()]))).toEqual([
      ["within", "internet-facing", "internal", 1],
    ]);
  });

  it("by joining is what the others have without it", () => {
    expect(schemes(stateOf(own(facing), [built(), own()]))).toEqual([["joining", "internal", "internet-facing", 2]]);
  });

  it("by leaving is what the others have without it; of two groups both count", () => {
    const others = [built(), built("h")];
    const h = { ...facing, [alb.groupName]: "h" };
    expect(schemes(stateOf(own(h), others), stateOf(own(facing), others))).toEqual([
      ["leaving", "internet-facing", "internal", 1],
      ["joining", "internal", "internet-facing", 1],
    ]);
  });

  it("of the load balancer that only it was marked for is what it leaves to others", () => {
    const stored = stateOf({ ...built(), annotations: own(facing).annotations ?? {} }, [own()]);
    expect(schemes(stateOf(own({ [alb.groupName]: "h" }), [own()]), stored)).toEqual([
      ["leaving", "internet-facing", "internal", 1],
    ]);
  });

  it("is nothing where there is no load balancer, or nobody else has it", () => {
    expect(schemes(stateOf(own(facing)), stateOf(own()))).toEqual([]);
    expect(schemes(stateOf(own(facing)))).toEqual([]);
    expect(schemes(stateOf(own(facing), [own()]))).toEqual([]);
    expect(schemes(stateOf(own({ [alb.groupName]: "h" })), stateOf(built()))).toEqual([]);
    expect(schemes(stateOf(own({ [alb.groupName]: "h" }), [own()]), stateOf(own(facing), [own()]))).toEqual([]);
  });

  it.each<[string, readonly IngressParts[], World]>([
    ["a class", [{ ...built(), className: "open" }], { unsure: ["IngressClassParams"] }],
    ["another member", [built()], { unsure: ["Ingress"] }],
    ["another class", [built()], { unsure: ["IngressClass"] }],
    ["IngressClassParams", [built()], { unsure: ["IngressClassParams"] }],
  ])("is nothing that anybody knows where %s may not be known", (_what, others, world) => {
    const [silent, stating, elsewhere] = [own(), own(facing), own({ [alb.groupName]: "h" })].map((parts) =>
      stateOf(parts, others, world),
    );
    if (silent === undefined || stating === undefined || elsewhere === undefined) throw new Error("three states");
    expect(schemes(silent, stating)).toEqual([]);
    expect(schemes(stating)).toEqual([]);
    expect(schemes(elsewhere, stating)).toEqual([]);
  });
});

describe("a group's load balancer", () => {
  it("is there where a member, or who was one, has the finalizer", () => {
    expect(stateOf(own(), [built()]).isProvisioned()).toBe(true);
    expect(stateOf(own(), [{ ...built(), isTerminating: true }]).isProvisioned()).toBe(true);
    expect(stateOf(own(), [own()]).isProvisioned()).toBe(false);
  });

  it("is none of the others' where there is nobody else", () => {
    expect(stateOf(built()).others()).toBeUndefined();
    expect(stateOf(built(), [own()]).others()).toMatchObject({ isProvisioned: false });
  });
});
