import { injectKey } from "../annotations/own.ts";
import { parseBool } from "../annotations/parse.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import type { Facts } from "./facts.ts";
import { ingressCandidates } from "./inject-ingress.ts";
import { serviceCandidates } from "./inject-service.ts";
import { targetField, withInjections } from "./injection.ts";
import type { LeftOut, Proposal } from "./injection.ts";
import { emptyPlan } from "./plan.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { restored } from "./restore.ts";
import type { Subject } from "./subject.ts";
import { unblocked } from "./unblocked.ts";

/** Which values to add, and which not, with the reasons. Never a value for a field that the author wrote. */
export function plan(subject: Subject, input: PlanInput): Plan {
  const policy = input.policy.policy;
  if (optsOut(subject) || (policy !== undefined && policy.spec.mode === "Off")) return emptyPlan;
  const shadow = policy?.spec.mode === "Warn";
  const back = shadow ? [] : restored(subject, input.facts.profile);
  const base = withInjections(subject, back);
  if (policy === undefined) return { ...emptyPlan, injections: back };

  const proposal = propose(base, policy, input.facts);
  const chosen = unblocked(base, proposal, input);
  if (!shadow) return { ...chosen, injections: [...back, ...chosen.injections] };
  const would = chosen.injections.map(({ target, value, because }): LeftOut => {
    const message = `policy ${policy.metadata.name} would set ${targetField(target)} to "${value}"; its mode is Warn`;
    return { target, value, because, reason: "shadow", message };
  });
  return { injections: [], leftOut: [...would, ...chosen.leftOut], cautions: [] };
}

/** The object's own dualstack.dev/inject: "false". */
export function optsOut({ object }: Subject): boolean {
  const own = object.annotations[injectKey];
  return own !== undefined && parseBool(own) === false;
}

function propose(subject: Subject, policy: LoadBalancerPolicy, facts: Facts): Proposal {
  return subject.kind === "Service"
    ? serviceCandidates(subject, policy, facts)
    : ingressCandidates(subject, policy, facts);
}
