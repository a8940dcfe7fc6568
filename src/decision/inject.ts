import { injectKey } from "../annotations/own.ts";
import { parseBool } from "../annotations/parse.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import type { Facts } from "./facts.ts";
import { keepingGardenerAway } from "./gardener.ts";
import { ingressCandidates } from "./inject-ingress.ts";
import { serviceCandidates } from "./inject-service.ts";
import { targetField, withInjections } from "./injection.ts";
import type { LeftOut, Proposal } from "./injection.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { restored } from "./restore.ts";
import type { Subject } from "./subject.ts";
import { unblocked } from "./unblocked.ts";

/** Which values to add, and which not, with the reasons. Never a value for a field that the author wrote. */
export function plan(subject: Subject, input: PlanInput): Plan {
  const policy = input.policy.policy;
  const silent = optsOut(subject) || policy?.spec.mode === "Off";
  const shadow = policy?.spec.mode === "Warn";
  const back = shadow || policy?.spec.mode === "Off" ? [] : restored(subject, input.facts, optsOut(subject));
  const base = withInjections(subject, back);
  const proposal = silent || policy === undefined ? nothing : propose(base, policy, input.facts);
  const chosen = besideGardener(unblocked(base, proposal, input), input, silent);
  if (!shadow || policy === undefined) {
    return back.length === 0 ? chosen : { ...chosen, injections: [...back, ...chosen.injections] };
  }
  const would = chosen.injections.map(({ target, value, because }): LeftOut => {
    const message = `policy ${policy.metadata.name} would set ${targetField(target)} to "${value}"; its mode is Warn`;
    return { target, value, because, reason: "shadow", message };
  });
  const { reports } = unblocked(base, nothing, input);
  return { injections: [], after: base, leftOut: [...would, ...chosen.leftOut], cautions: [], reports };
}

/** What keeps Gardener's webhook away depends on what is injected, and cures what rules would say of that webhook's values. */
function besideGardener(planned: Plan, input: PlanInput, silent: boolean): Plan {
  const { policy } = input.policy;
  if (silent || policy === undefined || input.facts.profile.platform !== "gardener") return planned;
  const ignore =
    planned.after.kind === "Service" ? keepingGardenerAway(planned.after, policy, input.facts.profile) : undefined;
  if (ignore === undefined) return planned;
  const { after, reports } = unblocked(withInjections(planned.after, [ignore]), nothing, input);
  return { ...planned, injections: [...planned.injections, ignore], after, reports };
}

const nothing: Proposal = { candidates: [], leftOut: [] };

/** The object's own dualstack.dev/inject: "false". A word that cannot be read is not taken for a yes; a rule refuses it. */
export function optsOut({ object }: Subject): boolean {
  const own = object.annotations[injectKey];
  return own !== undefined && parseBool(own) !== true;
}

function propose(subject: Subject, policy: LoadBalancerPolicy, facts: Facts): Proposal {
  return subject.kind === "Service"
    ? serviceCandidates(subject, policy, facts)
    : ingressCandidates(subject, policy, facts);
}
