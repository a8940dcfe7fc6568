import { alb } from "../../annotations/catalog.ts";
import { parseInteger } from "../../annotations/parse.ts";
import type { ClusterProfile } from "../facts.ts";
import { classify, controllerOf, defaultClasses, paramsApi } from "./classify.ts";
import type { Served } from "./classify.ts";
import { isClassless, keyOf } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import { groupFinalizer, groupIdOf, isGroup } from "./group-id.ts";
import type { ExplicitGroup, GroupId } from "./group-id.ts";
import type { IngressClassView, IngressObject } from "./views.ts";

export interface Member {
  readonly ingress: IngressObject;
  readonly classification: Served;
}

export interface Group {
  /** In group order; the incoming object in place of the stored one. */
  readonly members: readonly Member[];
  /** No members (any more), but they still carry the group's finalizer. By "namespace/name". */
  readonly inactive: readonly IngressObject[];
  /** The controller cannot load the group: nothing of it is built or changed. `members` then are those that it would have. */
  readonly problem: string | undefined;
  /** Whose problem it is; `problem` does not name it, since it may stand in a namespace that the requester cannot see. */
  readonly problemAt: IngressObject | undefined;
}

/**
 * The members of a group, as its controller would load it (group_loader.go:80-190), with the incoming object in place of the
 * stored one. It looks at no more objects than can belong to the group; those that are not known do not.
 */
export function loadGroup(
  id: GroupId,
  cluster: Cluster | undefined,
  profile: ClusterProfile,
  incoming?: IngressObject,
): Group {
  // Who asks for a group without an object asks for all of them, one after the other.
  const mayShare = cluster !== undefined && incoming !== undefined && id.kind === "explicit";
  const stored = mayShare ? storedGroup(id, cluster, profile) : undefined;
  if (stored === undefined || stored.problem !== undefined || incoming === undefined) {
    return load(id, cluster, profile, incoming);
  }
  const membership = membershipOf(incoming, id, cluster, profile);
  const isTwin = ({ namespace, name }: IngressObject): boolean =>
    namespace === incoming.namespace && name === incoming.name;
  const isPlain = membership.kind === "member" && orderOf(incoming) !== undefined && !stored.inactive.some(isTwin);
  if (!isPlain) return load(id, cluster, profile, incoming);
  const others = stored.members.filter(({ ingress }) => !isTwin(ingress));
  const own: Member = { ingress: incoming, classification: membership.classification };
  const place = others.findIndex((other) => inOrder(own.ingress, other.ingress) < 0);
  return { ...stored, members: others.toSpliced(place === -1 ? others.length : place, 0, own) };
}

/** Groups as they are stored, for as long as nothing changes: each decision asks several times, and for many members it is long. */
interface Remembered {
  readonly version: number;
  readonly profile: ClusterProfile;
  readonly groups: Map<string, Group>;
}

const remembered = new WeakMap<Cluster, Remembered>();

/** undefined: not to be remembered, since labels of namespaces have a say, which change by themselves. */
function storedGroup(id: ExplicitGroup, cluster: Cluster, profile: ClusterProfile): Group | undefined {
  let known = remembered.get(cluster);
  if (known?.version !== cluster.version || known.profile !== profile) {
    if (dependsOnLabels(cluster)) return undefined;
    known = { version: cluster.version, profile, groups: new Map() };
    remembered.set(cluster, known);
  }
  const key = groupFinalizer(id);
  let group = known.groups.get(key);
  if (group === undefined) {
    group = load(id, cluster, profile);
    if (known.groups.size >= mostRemembered) known.groups.clear();
    known.groups.set(key, group);
  }
  return group;
}

/** Few clusters have more groups; what they take is bounded all the same. */
const mostRemembered = 1000;

function dependsOnLabels(cluster: Cluster): boolean {
  for (const ingressClass of cluster.ingressClasses()) {
    const controller = controllerOf(ingressClass);
    if (controller === undefined || ingressClass.parameters === undefined) continue;
    const params = cluster.ingressClassParams(paramsApi(controller), ingressClass.parameters.name);
    if (params?.namespaceSelector !== undefined) return true;
  }
  return false;
}

function load(id: GroupId, cluster: Cluster | undefined, profile: ClusterProfile, incoming?: IngressObject): Group {
  const members: Member[] = [];
  const inactive: IngressObject[] = [];
  let fault = defaultClassFault(cluster, incoming);
  for (const ingress of candidates(id, cluster, incoming)) {
    const membership = membershipOf(ingress, id, cluster, profile);
    switch (membership.kind) {
      case "member":
        members.push({ ingress, classification: membership.classification });
        break;
      case "inactive":
        inactive.push(ingress);
        break;
      case "fault":
        fault ??= { problem: membership.problem, at: ingress };
        break;
      case "none":
        break;
    }
  }
  const ordered = inGroupOrder(members);
  fault ??= orderFault(ordered);
  return { members: ordered, inactive: inactive.toSorted(byKey), problem: fault?.problem, problemAt: fault?.at };
}

interface Fault {
  readonly problem: string;
  readonly at: IngressObject;
}

/** Each load classifies all Ingresses, so that one without a class blocks every group where the default is ambiguous. */
function defaultClassFault(cluster: Cluster | undefined, incoming: IngressObject | undefined): Fault | undefined {
  const defaults = defaultClasses(cluster);
  if (cluster === undefined || defaults.length < 2) return undefined;
  const at = classlessIngress(cluster, incoming);
  const names = defaults.map(({ name }) => name).toSorted();
  const problem = `several IngressClasses are annotated as the default class (${names.join(", ")}), while an Ingress without a class exists`;
  return at && { problem, at };
}

function classlessIngress(cluster: Cluster, incoming: IngressObject | undefined): IngressObject | undefined {
  if (incoming !== undefined && !incoming.view.terminating && isClassless(incoming)) return incoming;
  for (const ingress of cluster.classlessIngresses()) {
    const isReplaced = ingress.name === incoming?.name && ingress.namespace === incoming.namespace;
    if (!ingress.view.terminating && !isReplaced) return ingress;
  }
  return undefined;
}

/** What may be a member, each once. */
function candidates(
  id: GroupId,
  cluster: Cluster | undefined,
  incoming: IngressObject | undefined,
): Iterable<IngressObject> {
  const found = new Map<string, IngressObject>();
  if (cluster !== undefined) {
    for (const ingress of storedCandidates(id, cluster)) found.set(keyOf("Ingress", ingress), ingress);
  }
  if (incoming !== undefined) found.set(keyOf("Ingress", incoming), incoming);
  return found.values();
}

function* storedCandidates(id: GroupId, cluster: Cluster): Iterable<IngressObject> {
  switch (id.kind) {
    case "implicit": {
      const ingress = cluster.ingress(id.namespace, id.name);
      if (ingress !== undefined) yield ingress;
      return;
    }
    case "explicit": {
      yield* cluster.ingressesWithFinalizer(groupFinalizer(id));
      if (id.controller === "aws-load-balancer-controller") yield* cluster.ingressesNamingGroup(id.name);
      for (const ingressClass of cluster.ingressClasses()) {
        if (!isOfGroup(ingressClass, id, cluster)) continue;
        yield* cluster.ingressesOfClass(ingressClass.name);
        if (ingressClass.isDefault) yield* cluster.classlessIngresses();
      }
    }
  }
}

/** Whether the parameters of a class put its Ingresses into the group. */
function isOfGroup(ingressClass: IngressClassView, { controller, name }: ExplicitGroup, cluster: Cluster): boolean {
  if (ingressClass.parameters === undefined || controllerOf(ingressClass) !== controller) return false;
  return cluster.ingressClassParams(paramsApi(controller), ingressClass.parameters.name)?.groupName === name;
}

type Membership =
  | { readonly kind: "member"; readonly classification: Served }
  | { readonly kind: "inactive" }
  | { readonly kind: "none" }
  | { readonly kind: "fault"; readonly problem: string };

function membershipOf(
  ingress: IngressObject,
  id: GroupId,
  cluster: Cluster | undefined,
  profile: ClusterProfile,
): Membership {
  const isMarked = hasFinalizer(ingress, id);
  const outside: Membership = { kind: isMarked ? "inactive" : "none" };
  if (ingress.view.terminating) return outside;
  const classification = classify(ingress, cluster, profile);
  switch (classification.outcome) {
    case "not-served":
      return outside;
    case "invalid":
      // A class that went by accident must not take its Ingresses out of their group, so the controller waits.
      return isMarked ? { kind: "fault", problem: classification.problem } : outside;
    case "served":
      return isGroup(groupIdOf(ingress, classification), id) ? { kind: "member", classification } : outside;
  }
}

/** That of implicit groups is the same for all: it counts for the Ingress' own group only. */
function hasFinalizer({ namespace, name, view }: IngressObject, id: GroupId): boolean {
  if (id.kind === "implicit" && (id.namespace !== namespace || id.name !== name)) return false;
  return view.finalizers.includes(groupFinalizer(id));
}

/** By group.order, then by "namespace/name" (group_loader.go:277-313). */
function inGroupOrder(members: readonly Member[]): readonly Member[] {
  return members.toSorted((one, other) => inOrder(one.ingress, other.ingress));
}

function inOrder(one: IngressObject, other: IngressObject): number {
  return (orderOf(one) ?? 0) - (orderOf(other) ?? 0) || byKey(one, other);
}

/** Read of an Ingress alone in its implicit group, too. */
function orderFault(members: readonly Member[]): Fault | undefined {
  const at = members.find(({ ingress }) => orderOf(ingress) === undefined)?.ingress;
  return at && { problem: `its annotation ${alb.groupOrder} must be a whole number from -1000 to 1000`, at };
}

/** undefined: not an order. */
function orderOf({ view }: IngressObject): number | undefined {
  const raw = view.annotations[alb.groupOrder];
  const order = raw === undefined ? 0 : parseInteger(raw, 32);
  return order === undefined || order < -1000 || order > 1000 ? undefined : order;
}

function byKey(one: IngressObject, other: IngressObject): number {
  const [key, otherKey] = [keyOf("Ingress", one), keyOf("Ingress", other)];
  return key < otherKey ? -1 : key > otherKey ? 1 : 0;
}
