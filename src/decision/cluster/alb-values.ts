import type { AddressType, Scheme } from "../facts.ts";
import type { IngressInForce } from "../in-force.ts";
import { isMembershipKnown } from "../ingress-state.ts";
import { hasFrontend, statementOf } from "./conflicts.ts";
import { isSameGroup } from "./group-faults.ts";
import type { GroupState, RareStatement } from "./group-state.ts";
import { fieldOf } from "./group-text.ts";
import type { GroupContext } from "./group-text.ts";
import type { Member } from "./group.ts";
import { frontendStatementsOf } from "./statements.ts";
import type { Setting } from "./statement.ts";
import { agreed } from "./values.ts";

/**
 * What becomes of the load balancer that an Ingress shares. Where nobody knows all members of its group, it is what the Ingress
 * itself states: the others have to agree with that, or the controller builds nothing. undefined: not known, or refused.
 */
export function albValues(context: GroupContext): IngressInForce {
  const state = context.group();
  if (state === undefined) return unknown;
  if (isMembershipKnown(state, context.facts)) return state.values();
  const [scheme, ipAddressType] = [text([state.own], "scheme"), text([state.own], "ip-address-type")];
  return {
    scheme: schemes.find((each) => each === scheme),
    ipAddressType: types.find((each) => each === ipAddressType),
  };
}

/** Whether an NLB stands in front of it. undefined: not known. */
export function isFronted(context: GroupContext): boolean | undefined {
  const state = context.group();
  if (state === undefined) return undefined;
  if (isMembershipKnown(state, context.facts)) return hasFrontend(state.members);
  return hasFrontend([state.own]) ? true : undefined;
}

/** Whether somebody states the scheme of that NLB. */
export function statesFrontendScheme(context: GroupContext): boolean {
  const members = context.group()?.members ?? [];
  return members.some((member) =>
    frontendStatementsOf(member).some(({ setting }) => setting === "frontend-nlb-scheme"),
  );
}

/** The IPAM pool of its public IPv4 addresses. The class of the first member wins, no other is read (model_build_ipam.go:8-15). */
export function ipamPool(context: GroupContext): string | undefined {
  return ipamPoolOfClass(context.group()?.members ?? []) ?? rareValue(context, "ipam-ipv4-pool-id");
}

export function customerOwnedPool(context: GroupContext): string | undefined {
  return rareValue(context, "customer-owned-ipv4-pool");
}

/** Its security groups are those that somebody names. */
export function namesSecurityGroups(context: GroupContext): boolean {
  const groups = rareValue(context, "security-groups");
  return groups !== undefined && groups !== "[]";
}

/** A listener with the ranges that one member states for it. */
export interface RestrictedListener {
  readonly port: string;
  readonly cidrs: readonly string[];
  readonly isOwn: boolean;
}

/**
 * The listeners that let in certain addresses only, as the controller writes it into the security group that it makes. One that
 * a prefix list opens as well is left out, for nobody can say to whom (model_build_managed_sg.go:76-119).
 */
export function restrictedListeners(context: GroupContext): readonly RestrictedListener[] {
  const rare = rareStatements(context);
  if (rare.length === 0 || namesSecurityGroups(context)) return [];
  const open = new Set(
    rare.flatMap(({ statement: { setting, part } }) => (setting === "security-group-prefix-lists" ? [part] : [])),
  );
  return rare.flatMap(({ statement: { setting, part, value }, isOwn }): readonly RestrictedListener[] => {
    if (setting !== "inbound-cidrs" || open.has(part)) return [];
    return [{ port: part, cidrs: JSON.parse(value) as readonly string[], isOwn }];
  });
}

/** Who states it: the Ingress itself by an annotation, its class in its place, other members of the group or nobody. */
export function whoStates({ group }: GroupContext, setting: Setting): "ingress" | "class" | "others" | "nobody" {
  const state = group();
  const own = state && statementOf(state.own, setting);
  if (own !== undefined) return own.by === "params" ? "class" : "ingress";
  return state?.members.some((member) => statementOf(member, setting) !== undefined) === true ? "others" : "nobody";
}

/**
 * The field by which the Ingress has a hand in what these settings come to together: one that it states, the first of them, or
 * one that this update takes back. undefined: that is the others' doing.
 */
export function ownField({ group, old }: GroupContext, settings: readonly Setting[]): string | undefined {
  const state = group();
  if (state === undefined) return undefined;
  const stored = old?.group();
  const before = isSameGroup(state.id, stored?.id) ? stored : undefined;
  return fieldAmong(state, settings) ?? (before && fieldAmong(before, settings));
}

/** The same of a value that others had not without it: nobody else states it. */
export function soleField(context: GroupContext, setting: Setting): string | undefined {
  const state = context.group();
  const isShared = state?.members.some((member) => member !== state.own && statementOf(member, setting) !== undefined);
  return isShared === false ? ownField(context, [setting]) : undefined;
}

const unknown: IngressInForce = { scheme: undefined, ipAddressType: undefined };
const schemes: readonly Scheme[] = ["internal", "internet-facing"];
const types: readonly AddressType[] = ["ipv4", "dualstack", "dualstack-without-public-ipv4"];

function rareStatements({ group }: GroupContext): readonly RareStatement[] {
  return group()?.rareStatements() ?? [];
}

/** undefined: nobody states it, or they contradict each other. */
function rareValue(context: GroupContext, setting: Setting): string | undefined {
  const stated = rareStatements(context).filter(({ statement }) => statement.setting === setting);
  const value = stated[0]?.statement.value;
  return stated.every(({ statement }) => statement.value === value) ? value : undefined;
}

function text(members: readonly Member[], setting: Setting): string | undefined {
  const value = agreed(members, setting);
  return value.outcome === "stated" ? value.value : undefined;
}

function ipamPoolOfClass([first]: readonly Member[]): string | undefined {
  return first?.classification.params?.ipv4IpamPoolId || undefined;
}

function fieldAmong({ own, members }: GroupState, settings: readonly Setting[]): string | undefined {
  for (const setting of settings) {
    const statement = statementOf(own, setting);
    if (statement !== undefined) return fieldOf({ ...statement, member: own });
    const isByClass = setting === "ipam-ipv4-pool-id" && members[0] === own && ipamPoolOfClass(members) !== undefined;
    if (isByClass) return "spec.ingressClassName";
  }
  return undefined;
}
