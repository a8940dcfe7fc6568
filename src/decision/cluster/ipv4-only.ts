import type { Problem } from "../rule.ts";
import { isMembershipKnown } from "../ingress-state.ts";
import { ownField } from "./alb-values.ts";
import { backendTargets } from "./backends.ts";
import { sendsToBackends } from "./conflicts.ts";
import { isSameGroup } from "./group-faults.ts";
import { asFarAsKnown, groupName, identityOf, keyOf, mayShow, placeField } from "./group-text.ts";
import type { GroupContext } from "./group-text.ts";
import type { GroupState } from "./group-state.ts";
import type { Member } from "./group.ts";
import { groupValues } from "./values.ts";

/**
 * On an update with which a load balancer loses its IPv6 addresses: other Ingresses of the group that send to Services with IPv6,
 * for which the controller then changes nothing of the whole group any more.
 */
export function ipv6LostToOthers(context: GroupContext): readonly Problem[] {
  const stored = context.old?.group();
  if (stored === undefined || !isMembershipKnown(stored, context.facts)) return [];
  const before = stored.values().ipAddressType;
  if (before === undefined || before === "ipv4") return [];
  const state = context.group();
  return state !== undefined && isSameGroup(state.id, stored.id)
    ? ofGroup(state, context)
    : ofGroupLeft(stored, context);
}

function ofGroup(state: GroupState, context: GroupContext): readonly Problem[] {
  if (state.values().ipAddressType !== "ipv4") return [];
  const member = firstWithIPv6(state, state.members, context);
  const field = ownField(context, ["ip-address-type"]);
  if (member === undefined || field === undefined) return [];
  const message = `makes the ALB of ${groupName(state)} IPv4 only, while ${who(member, state, context)} sends to a Service with IPv6: the controller then changes nothing of the whole group`;
  const identity = identityOf(state, "IPv6 of others", "", []);
  return [{ field, message, remedy, identity, ...asFarAsKnown(state, false) }];
}

const remedy = "Keep the ip-address-type, or have another Ingress of the group state the same one first.";

/** Who leaves may not be able to change the others: it is told, and no more. */
function ofGroupLeft(left: GroupState, context: GroupContext): readonly Problem[] {
  const others = left.members.filter((member) => member !== left.own);
  if (groupValues(others, context.facts.profile).ipAddressType !== "ipv4") return [];
  const member = firstWithIPv6(left, others, context);
  if (member === undefined) return [];
  const field = placeField(left, context);
  const message = `takes its ip-address-type out of ${groupName(left)}, where ${who(member, left, context)} sends to a Service with IPv6: the controller then changes nothing of that group`;
  const identity = identityOf(left, "IPv6 of others", "left", []);
  return [{ field, message, remedy: remedyOfLeaving, identity, severity: "warn" }];
}

const remedyOfLeaving = "Have another Ingress of that group state the same ip-address-type first.";

function firstWithIPv6(
  { own }: GroupState,
  members: readonly Member[],
  { facts: { cluster } }: GroupContext,
): Member | undefined {
  return members.find((member) => {
    const { namespace, view } = member.ingress;
    if (member === own || !backendTargets(view).some(({ service }) => hasIPv6(namespace, service))) return false;
    return sendsToBackends(member, members);
  });

  function hasIPv6(namespace: string, service: string): boolean {
    return cluster?.service(namespace, service)?.ipFamilies?.includes("IPv6") === true;
  }
}

function who({ ingress }: Member, state: GroupState, context: GroupContext): string {
  return mayShow(ingress, state, context) ? keyOf(ingress) : "another Ingress";
}
