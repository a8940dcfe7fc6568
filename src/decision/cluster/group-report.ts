import { alb } from "../../annotations/catalog.ts";
import { isMembershipKnown } from "../ingress-state.ts";
import { annotationField } from "../../text/quoting.ts";
import type { Problem } from "../rule.ts";
import { groupFaults, isSameGroup } from "./group-faults.ts";
import type { GroupFault } from "./group-faults.ts";
import type { GroupState } from "./group-state.ts";
import { asFarAsKnown, fieldOf, groupName, identityOf, nameOf, placeField, said, who, whoAmong } from "./group-text.ts";
import type { GroupContext } from "./group-text.ts";
import type { Setting } from "./statement.ts";

/** A problem for each of these settings on which the Ingress contradicts other members of its group, or makes them contradict each other. */
export function groupProblems(context: GroupContext, settings: readonly Setting[]): readonly Problem[] {
  const state = context.group();
  if (state === undefined || state.conflicts().length === 0) return none;
  const faults = groupFaults(state, context.old?.group());
  return settings.flatMap((setting) =>
    faults.filter((fault) => fault.setting === setting).map((fault) => problemOf(fault, state, context)),
  );
}

/** A problem where HTTP would be redirected to a port without HTTPS, and the Ingress says so or takes the listener away. */
export function redirectProblems(context: GroupContext): readonly Problem[] {
  const state = context.group();
  if (state === undefined) return none;
  const isKnown = isMembershipKnown(state, context.facts);
  return state.redirectFaults().flatMap(({ stated, port, fault, isOpen }): readonly Problem[] => {
    const own = stated.find(({ member }) => member === state.own);
    const lack = `${groupName(state)} ${fault === "no listener" ? "does not listen there" : "listens there with HTTP"}`;
    const identity = identityOf(state, "redirect", own?.value ?? "", [fault]);
    // A member that nobody knows may have the listener.
    const severity = asFarAsKnown(state, isOpen || !isKnown);
    if (own !== undefined) {
      return [
        {
          field: fieldOf(own),
          message: `${said(own)} is no place to redirect HTTP to: ${lack}`,
          identity,
          ...severity,
        },
      ];
    }
    const stored = context.old?.group();
    if (!isSameGroup(state.id, stored?.id) || stored?.redirectFaults().length !== 0) return none;
    const message = `${groupName(state)} redirects HTTP to port ${port}, where nothing listens with HTTPS without this Ingress`;
    return [{ field: annotationField(alb.listenPorts), message, identity, ...severity }];
  });
}

const none: readonly Problem[] = [];

function problemOf(fault: GroupFault, state: GroupState, context: GroupContext): Problem {
  const { setting, parts, own, others, isOpen, isAmongOthers } = fault;
  const words = own === undefined ? "its place in the group" : said(own, isAmongOthers ? undefined : parts);
  const contradiction = isAmongOthers
    ? `${words} makes it count that ${whoAmong(others, state, context)} contradict each other on ${nameOf(setting)}`
    : `${words}, while ${who(others, state, context)}`;
  const remedy = remedyOf(fault, state);
  return {
    field: own === undefined ? placeField(state, context) : fieldOf(own),
    message: `${contradiction}: the controller then changes nothing of the whole group until they agree`,
    ...(remedy === undefined ? {} : { remedy }),
    identity: identityOf(state, setting, isAmongOthers ? "among others" : (own?.value ?? ""), parts),
    ...asFarAsKnown(state, isOpen),
  };
}

/** Where the rule's own, to state what the group has or nothing, does not help. */
function remedyOf({ own, others, isAmongOthers }: GroupFault, state: GroupState): string | undefined {
  if (isAmongOthers) return "Have the owners of the other Ingresses settle it first, or leave the group as it was.";
  if (others.some(({ member }) => member === state.own)) {
    return "Leave the annotation out, or state what the IngressClassParams say.";
  }
  if (own?.by === "params")
    return "Choose an IngressClass whose IngressClassParams agree with the group, or another group.";
  return undefined;
}
