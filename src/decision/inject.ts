import { injectKey } from "../annotations/own.ts";
import { parseBool } from "../annotations/parse.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import type { Facts } from "./facts.ts";
import { keepingGardenerAway } from "./gardener.ts";
import { ingressCandidates } from "./inject-ingress.ts";
import { serviceCandidates } from "./inject-service.ts";
import { withInjections } from "./injection.ts";
import type { Proposal } from "./injection.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { restored } from "./restore.ts";
import type { Subject } from "./subject.ts";
import { unblocked } from "./unblocked.ts";

/** Which values to add, and which not, with the reasons. Never a value for a field that the author wrote. In mode Warn as in Enforce. */
export function plan(subject: Subject, input: PlanInput): Plan {
  const policy = input.policy.policy;
  const isOff = policy?.spec.mode === "Off";
  const silent = optsOut(subject) || isOff;
  const back = isOff ? [] : restored(subject, input.facts, optsOut(subject));
  const base = withInjections(subject, back);
  const proposal = silent || policy === undefined ? nothing : propose(base, policy, input.facts);
  const chosen = besideGardener(unblocked(base, proposal, input), input, silent);
  return back.length === 0 ? chosen : { ...chosen, injections: [...back, ...chosen.injections] };
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
