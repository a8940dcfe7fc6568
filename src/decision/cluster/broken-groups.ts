import { alb } from "../../annotations/catalog.ts";
import type { ClusterProfile } from "../facts.ts";
import { classify } from "./classify.ts";
import type { AlbController } from "./classify.ts";
import type { Cluster } from "./cluster.ts";
import { conflictsIn, redirectFaults } from "./conflicts.ts";
import type { Conflict, RedirectFault, Stated } from "./conflicts.ts";
import { groupFinalizer, groupIdOf } from "./group-id.ts";
import { loadGroup } from "./group.ts";
import type { GroupId } from "./group-id.ts";
import type { Group, Member } from "./group.ts";
import { groupLabel } from "./group-faults.ts";
import { fieldOf, keyOf, nameOf, said } from "./group-text.ts";
import type { IngressObject } from "./views.ts";

/** A group as it is now, and what makes its controller stop before it changes anything of it. */
export interface CheckedGroup {
  readonly id: GroupId;
  /** "name" of an explicit group, "namespace/name" of an Ingress alone. */
  readonly name: string;
  readonly members: readonly Member[];
  /** [] where nothing is wrong, as far as it can be known. */
  readonly faults: readonly BrokenGroupFault[];
}

export interface BrokenGroupFault {
  readonly kind: FaultKind;
  /** The annotation's name without its prefix, or "load". */
  readonly about: string;
  /** Who says what, without a final period; it names Ingresses of any namespace. */
  readonly message: string;
  /** Those at odds with each other, in group order. */
  readonly stated: readonly StatedValue[];
}

/** In the order in which the controller comes to them. */
export const faultKinds = ["load", "conflict", "redirect"] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface StatedValue {
  /** "namespace/name" */
  readonly ingress: string;
  readonly field: string;
  /** As written. */
  readonly value: string;
}

interface CheckInput {
  /** All of the cluster's. */
  readonly ingresses: Iterable<IngressObject>;
  readonly cluster: Cluster;
  readonly profile: ClusterProfile;
}

/**
 * Each group once. A step for each Ingress, undefined where it brings up no group that has not been looked at, so that the
 * caller may pause: what changes meanwhile is seen or not, but each group is looked at as it is at one moment.
 */
export function* checkGroups({ ingresses, cluster, profile }: CheckInput): Generator<CheckedGroup | undefined> {
  const seen = new Set<string>();
  // A copy: one that changes in a pause would come again, and again.
  for (const ingress of Array.from(ingresses)) {
    yield;
    for (const id of groupIdsOf(ingress, cluster, profile)) {
      const name = groupLabel(id);
      const key = `${id.controller} ${name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield checked(id, loadGroup(id, cluster, profile), profile);
    }
  }
}

export function isBroken({ faults }: CheckedGroup): boolean {
  return faults.length > 0;
}

/** The group that it belongs to now, and those that have it in their books still: a class that went by accident blocks these. */
function groupIdsOf(ingress: IngressObject, cluster: Cluster, profile: ClusterProfile): readonly GroupId[] {
  const ids: GroupId[] = ingress.view.finalizers.flatMap((finalizer) => ofFinalizer(finalizer, ingress));
  if (ingress.view.terminating) return ids;
  const classification = classify(ingress, cluster, profile);
  if (classification.outcome !== "served") return ids;
  const id = groupIdOf(ingress, classification);
  return id.kind === "invalid" ? ids : [...ids, id];
}

const albControllers: readonly AlbController[] = ["aws-load-balancer-controller", "eks-auto-mode"];

/** What every finalizer of the explicit groups of a controller starts with. */
const explicitPrefixes = albControllers.map((controller) => ({
  controller,
  prefix: groupFinalizer({ kind: "explicit", controller, name: "" }),
}));

function ofFinalizer(finalizer: string, { namespace, name }: IngressObject): readonly GroupId[] {
  for (const { controller, prefix } of explicitPrefixes) {
    if (finalizer.startsWith(prefix)) return [{ kind: "explicit", controller, name: finalizer.slice(prefix.length) }];
    const implicit: GroupId = { kind: "implicit", controller, namespace, name };
    if (finalizer === groupFinalizer(implicit)) return [implicit];
  }
  return [];
}

function checked(id: GroupId, group: Group, profile: ClusterProfile): CheckedGroup {
  const { members } = group;
  return { id, name: groupLabel(id), members, faults: faultsOf(group, profile) };
}

const noFaults: readonly BrokenGroupFault[] = [];

/** A group that cannot be loaded is looked at no further: the controller does not get there either. */
function faultsOf({ members, problem, problemAt }: Group, profile: ClusterProfile): readonly BrokenGroupFault[] {
  if (problem !== undefined) {
    const where = problemAt === undefined ? "" : `${keyOf(problemAt)}: `;
    return [{ kind: "load", about: "load", message: `${where}${problem}`, stated: [] }];
  }
  const conflicts = conflictsIn(members, profile).filter(isCertain);
  const redirects = members.some(mayRedirect) ? redirectFaults(members).filter(({ isOpen }) => !isOpen) : [];
  if (conflicts.length === 0 && redirects.length === 0) return noFaults;
  return [...conflicts.map(conflictFault), ...redirects.map(redirectFault)];
}

/** IngressClassParams that are not known may settle it otherwise. */
function isCertain({ stated, isOpen }: Conflict): boolean {
  const known = stated.filter(({ member }) => member.classification.paramsKnown);
  return !isOpen && known.some(({ value }) => value !== known[0]?.value);
}

/** Looked at first: what the other Ingresses state need not be read, let alone kept, for this. */
function mayRedirect({ ingress, classification: { params } }: Member): boolean {
  return params?.sslRedirectPort !== undefined || ingress.view.annotations[alb.sslRedirect] !== undefined;
}

function conflictFault({ setting, stated }: Conflict): BrokenGroupFault {
  const words = new Map<string, { readonly said: string; readonly by: string[] }>();
  for (const statement of stated) {
    const known = words.get(statement.value);
    const key = keyOf(statement.member.ingress);
    if (known === undefined) words.set(statement.value, { said: said(statement), by: [key] });
    else if (!known.by.includes(key)) known.by.push(key);
  }
  const sides = [...words.values()].map((word) => `${listed(word.by)} ${has(word.by)} ${word.said}`);
  return {
    kind: "conflict",
    about: setting,
    message: `${nameOf(setting)}: ${shortened(sides).join(", ")}`,
    stated: stated.map(statedValue),
  };
}

function redirectFault({ stated, port, fault }: RedirectFault): BrokenGroupFault {
  const by = [...new Set(stated.map(({ member }) => keyOf(member.ingress)))];
  const lack = fault === "no listener" ? "nothing listens" : "it listens with HTTP";
  const message = `ssl-redirect: ${listed(by)} ${has(by)} HTTP redirected to port ${port}, where ${lack}`;
  return { kind: "redirect", about: "ssl-redirect", message, stated: stated.map(statedValue) };
}

function statedValue(stated: Stated): StatedValue {
  return { ingress: keyOf(stated.member.ingress), field: fieldOf(stated), value: stated.shown };
}

/** More are not read, and a group may have a hundred members. */
const mostShown = 3;

function listed(names: readonly string[]): string {
  const shown = shortened(names);
  const last = shown.at(-1);
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${last}`;
}

function shortened(items: readonly string[]): readonly string[] {
  if (items.length <= mostShown) return items;
  return [...items.slice(0, mostShown - 1), `${items.length - mostShown + 1} more`];
}

function has(names: readonly string[]): string {
  return names.length === 1 ? "has" : "have";
}
