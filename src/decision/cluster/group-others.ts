import { alb } from "../../annotations/catalog.ts";
import { parseBool, parseMap } from "../../annotations/parse.ts";
import type { Problem } from "../rule.ts";
import { conflictsBesides, isSameGroup } from "./group-faults.ts";
import type { GroupState } from "./group-state.ts";
import { groupName, identityOf, keyOf, mayShow, nameOf, placeField, whoAmong } from "./group-text.ts";
import type { GroupContext } from "./group-text.ts";
import { agreed } from "./values.ts";
import type { IngressObject } from "./views.ts";

/** What keeps the controller from building the group, and is none of the Ingress' doing. */
export function othersProblems(context: GroupContext): readonly Problem[] {
  const state = context.group();
  if (state === undefined) return [];
  const field = placeField(state, context);
  return faults(state, context).map(({ about, message }) => ({
    field,
    message: `${message}: the controller then changes nothing of the whole group`,
    identity: identityOf(state, "others", about, []),
  }));
}

interface OthersFault {
  /** Without a name or value of others. */
  readonly about: string;
  readonly message: string;
}

function faults(state: GroupState, context: GroupContext): readonly OthersFault[] {
  const stored = context.old?.group();
  return [
    ...cannotLoad(state, context),
    ...deletionProtection(state, context),
    ...contradictions(state, context),
    ...unknownValue(state, "scheme", isScheme),
    ...unknownValue(state, "ip-address-type", isAddressType),
    ...redirectOfOthers(state, stored),
  ];
}

/** One for each setting, whatever the ports and keys, which are others' words. */
function contradictions(state: GroupState, context: GroupContext): readonly OthersFault[] {
  const bySetting = new Map(
    conflictsBesides(state, context.old?.group())
      .toReversed()
      .map(({ setting, stated }) => [setting, stated]),
  );
  return [...bySetting].toReversed().map(([setting, stated]) => ({
    about: setting,
    message: `${whoAmong(stated, state, context)} contradict each other on ${nameOf(setting)}`,
  }));
}

function cannotLoad(state: GroupState, context: GroupContext): readonly OthersFault[] {
  const { problem, problemAt, own } = state;
  if (problem === undefined || problemAt === undefined || problemAt === own.ingress) return [];
  const message = mayShow(problemAt, state, context)
    ? `${keyOf(problemAt)} keeps ${groupName(state)} from being loaded (${problem})`
    : `another Ingress keeps ${groupName(state)} from being loaded`;
  return [{ about: "load", message }];
}

/** The controller gives up on the whole group while it may not delete what one Ingress leaves behind (model_builder.go:297-308). */
function deletionProtection(state: GroupState, context: GroupContext): readonly OthersFault[] {
  const leaving = state.inactive.find(mayNotBeDeleted);
  if (leaving === undefined) return [];
  const which = mayShow(leaving, state, context) ? keyOf(leaving) : "another Ingress";
  const message = `${which} of ${groupName(state)} is being deleted and has deletion protection`;
  return [{ about: "deletion protection", message }];
}

function mayNotBeDeleted({ view: { terminating, annotations } }: IngressObject): boolean {
  const raw = annotations[alb.loadBalancerAttributes];
  if (!terminating || raw === undefined) return false;
  const attributes = parseMap(raw);
  const value = attributes?.get("deletion_protection.enabled");
  return attributes === undefined || (value !== undefined && parseBool(value) !== false);
}

function unknownValue(
  state: GroupState,
  setting: "scheme" | "ip-address-type",
  isKnown: (value: string) => boolean,
): readonly OthersFault[] {
  const stated = agreed(state.members, setting);
  if (stated.outcome !== "stated" || isKnown(stated.value) || stated.by().includes(state.own)) return [];
  return [{ about: `unknown ${setting}`, message: `another Ingress of ${groupName(state)} has an unknown ${setting}` }];
}

function isScheme(value: string): boolean {
  return value === "internal" || value === "internet-facing";
}

function isAddressType(value: string): boolean {
  return value === "ipv4" || value === "dualstack" || value === "dualstack-without-public-ipv4";
}

function redirectOfOthers(state: GroupState, stored: GroupState | undefined): readonly OthersFault[] {
  const isOld = !isSameGroup(state.id, stored?.id) || stored?.redirectFaults().length !== 0;
  return state
    .redirectFaults()
    .filter(({ stated }) => isOld && stated.every(({ member }) => member !== state.own))
    .map(() => ({ about: "redirect", message: `${groupName(state)} redirects HTTP to a port without HTTPS` }));
}
