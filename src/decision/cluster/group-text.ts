import { alb } from "../../annotations/catalog.ts";
import type { Facts } from "../facts.ts";
import { annotationField, quote } from "../../text/quoting.ts";
import type { Stated } from "./conflicts.ts";
import { groupLabel, isSameGroup } from "./group-faults.ts";
import type { GroupState } from "./group-state.ts";
import type { Setting } from "./statement.ts";
import type { IngressObject } from "./views.ts";

/** What a rule about IngressGroups is told of the request. */
export interface GroupContext {
  readonly facts: Facts;
  readonly group: () => GroupState | undefined;
  readonly old: { readonly group: () => GroupState | undefined } | undefined;
}

/** Where it is written. */
export function fieldOf({ by, field }: Stated): string {
  switch (by) {
    case "annotation":
    case "default":
      return annotationField(field);
    case "spec":
      return field;
    case "params":
      return classField;
  }
}

/** Where an Ingress chooses its IngressClassParams. */
const classField = "spec.ingressClassName";

/** What gives the Ingress its place in the group. */
export function placeField({ id, own }: GroupState, { old }: GroupContext): string {
  const { annotations } = own.ingress.view;
  if (isSameGroup(id, old?.group()?.id) && annotations[alb.groupOrder] !== undefined) {
    return annotationField(alb.groupOrder);
  }
  return own.classification.params?.groupName === undefined ? annotationField(alb.groupName) : classField;
}

/** The Ingress' own words. */
export function said(own: Stated, parts: readonly string[] = [own.part]): string {
  const words = wordsOf(own, parts);
  if (own.by !== "params") return words;
  return `${words} by IngressClassParams ${quote(own.member.classification.params?.name ?? "")}`;
}

/** Who says otherwise, and what, as far as the requester may know. */
export function who(others: readonly Stated[], state: GroupState, context: GroupContext): string {
  const own = others.find(({ member }) => member === state.own);
  if (own !== undefined) return `its class says ${said(own)}`;
  const [first, second] = others.filter(({ member }) => mayShow(member.ingress, state, context));
  if (first === undefined) {
    const [any] = others;
    return `another Ingress of ${groupName(state)} has ${any !== undefined && alone.has(any.setting) ? "one, too" : "another value"}`;
  }
  const words = alone.has(first.setting) ? "one, too" : said(first);
  return `${keyOf(first.member.ingress)} of ${groupName(state)} has ${words}${second === undefined ? "" : ", and there are more"}`;
}

/** Settings of which two members may not even have the same. */
const alone: ReadonlySet<Setting> = new Set(["default-backend", "frontend-nlb-healthcheck-success-codes"]);

/** Those that contradict each other, named if all of them may be. */
export function whoAmong(stated: readonly Stated[], state: GroupState, context: GroupContext): string {
  const isShown = stated.every(({ member }) => mayShow(member.ingress, state, context));
  const names = isShown ? new Set(stated.map(({ member }) => keyOf(member.ingress))) : [];
  const [first, second] = [...names];
  if (first === undefined || second === undefined) return `other Ingresses of ${groupName(state)}`;
  return `${first} and ${second} of ${groupName(state)}`;
}

/** Names and values of other namespaces are shown only where the operator says so: an attempt must not be a look around. */
export function mayShow({ namespace }: IngressObject, { own }: GroupState, { facts }: GroupContext): boolean {
  return namespace === own.ingress.namespace || facts.install.showOtherNamespaces === true;
}

export function keyOf({ namespace, name }: IngressObject): string {
  return `${namespace}/${name}`;
}

/** Its name is the requester's own, or that of a class. */
export function groupName({ id }: GroupState): string {
  return id.kind === "explicit" ? `IngressGroup ${quote(id.name)}` : "its load balancer";
}

export function nameOf(setting: Setting): string {
  return setting === "default-backend" ? "the default backend" : setting;
}

/** The same fault, whatever others are called or state. */
export function identityOf({ id }: GroupState, about: string, value: string, parts: readonly string[]): string {
  return JSON.stringify([groupLabel(id), about, value, ...parts]);
}

/** EKS Auto Mode is closed source, and what nobody knows may settle it. */
export function asFarAsKnown({ own }: GroupState, isOpen: boolean): { readonly severity?: "warn" } {
  return isOpen || own.classification.controller === "eks-auto-mode" ? { severity: "warn" } : {};
}

function wordsOf({ setting, by, shown }: Stated, parts: readonly string[]): string {
  const [part = ""] = parts;
  const isDefault = by === "default";
  if (setting === "listen-ports") return `${shown}${onPorts(parts)}${isDefault ? ", for want of listen-ports" : ""}`;
  if (setting === "default-backend") return `a default backend${onPorts(parts)}`;
  if (setting === "frontend-nlb-listener-port-mapping") {
    return `the NLB's port ${part} on port ${shown}${isDefault ? ", for want of a mapping" : ""}`;
  }
  if (setting === "frontend-nlb-attributes" && isDefault) return "none written";
  if (setting === "listener-attributes") {
    const [listener = "", key = ""] = part.split(" ");
    return `${quote(shown)} for ${quote(key)} of ${listener}`;
  }
  if (keyed.has(setting)) return `${quote(shown)} for ${quote(part)}`;
  return `${quote(shown)}${onPorts(parts)}`;
}

/** Settings with a value for each key. */
const keyed: ReadonlySet<Setting> = new Set(["tags", "load-balancer-attributes", "minimum-load-balancer-capacity"]);

function onPorts(parts: readonly string[]): string {
  const ports = parts.filter((part) => part !== "");
  return ports.length === 0 ? "" : ` on port${ports.length === 1 ? "" : "s"} ${ports.join(", ")}`;
}
