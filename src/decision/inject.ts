import { injectKey } from "../annotations/own.ts";
import { parseBool } from "../annotations/parse.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import type { Resolution } from "../policy/resolve.ts";
import { blocksInjection, evaluate, sameReport } from "./evaluate.ts";
import type { Report } from "./evaluate.ts";
import type { Facts } from "./facts.ts";
import { ingressCandidates } from "./inject-ingress.ts";
import { serviceCandidates } from "./inject-service.ts";
import { targetField, withInjections } from "./injection.ts";
import type { Candidate, Injection, LeftOut, Proposal } from "./injection.ts";
import { restored } from "./restore.ts";
import type { Rule } from "./rule.ts";
import type { Subject } from "./subject.ts";
import { possibleAllocations } from "./unallocated.ts";

export interface Plan {
  readonly injections: readonly Injection[];
  readonly leftOut: readonly LeftOut[];
  /** Warnings that go with what is injected. */
  readonly cautions: readonly string[];
}

export const emptyPlan: Plan = { injections: [], leftOut: [], cautions: [] };

export interface PlanInput {
  readonly rules: readonly Rule[];
  readonly policy: Resolution;
  readonly facts: Facts;
}

/** Which values to add, and which not, with the reasons. Never a value for a field that the author wrote. */
export function plan(subject: Subject, input: PlanInput): Plan {
  const policy = input.policy.policy;
  if (optsOut(subject) || (policy !== undefined && policy.spec.mode === "Off")) return emptyPlan;
  const shadow = policy?.spec.mode === "Warn";
  const back = shadow ? [] : restored(subject);
  const base = withInjections(subject, back);
  if (policy === undefined) return { ...emptyPlan, injections: back };

  const proposal = propose(base, policy, input.facts);
  const chosen = withoutBlocked(base, proposal, input);
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

/**
 * The largest set of candidates after which no rule reports what it did not report before. A field that the API server
 * has yet to allocate stands for each value that it may get.
 */
function withoutBlocked(subject: Subject, proposal: Proposal, input: PlanInput): Plan {
  const { candidates } = proposal;
  const trials = allocations(subject, input.facts).map((allocated) => trial(allocated, input));
  const blockersOf = (set: readonly Candidate[]): readonly Report[] => trials.flatMap((newBlockers) => newBlockers(set));

  const kept = subsets(candidates).find((set) => blockersOf(set).length === 0) ?? [];
  const claimDropped = candidates.some((candidate) => candidate.isClaim && !kept.includes(candidate));
  const leftOut = candidates
    .filter((candidate) => !kept.includes(candidate))
    .flatMap((candidate): readonly LeftOut[] => {
      if (claimDropped && !candidate.isClaim) return candidate.injections.map((injection) => dependent(injection));
      const [blocker] = blockersOf([...kept, candidate]);
      return candidate.injections.map((injection) => blocked(injection, blocker ?? blockersOf(candidates)[0]));
    });
  return {
    injections: kept.flatMap(({ injections }) => injections),
    leftOut: [...proposal.leftOut, ...leftOut],
    cautions: kept.flatMap(({ caution }) => (caution === undefined ? [] : [caution])),
  };
}

function allocations(subject: Subject, facts: Facts): readonly Subject[] {
  if (subject.kind === "Ingress") return [subject];
  return possibleAllocations(subject.object, facts.profile).map((object) => ({ ...subject, object }));
}

function trial(subject: Subject, { rules, policy, facts }: PlanInput): (set: readonly Candidate[]) => readonly Report[] {
  const reports = (set: readonly Candidate[]): readonly Report[] => {
    const injections = set.flatMap((candidate) => candidate.injections);
    return evaluate(withInjections(subject, injections), { rules, policy, facts, missing: [] }).filter(blocksInjection);
  };
  let before: ReadonlySet<string> | undefined;
  return (set) => {
    const after = reports(set);
    if (after.length === 0) return after;
    before ??= new Set(reports([]).map(sameReport));
    return after.filter((report) => before?.has(sameReport(report)) !== true);
  };
}

/** Largest first; of equal size, the ones that keep what comes earlier in the list. Without the claim, nothing. At most 2^5. */
function subsets(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const all = Array.from({ length: 2 ** candidates.length }, (_, bits) => ({
    bits,
    set: candidates.filter((_candidate, index) => (bits & (1 << (candidates.length - 1 - index))) !== 0),
  }));
  const claim = candidates.find(({ isClaim }) => isClaim);
  return all
    .filter(({ set }) => set.length === 0 || claim === undefined || set.includes(claim))
    .toSorted((a, b) => b.set.length - a.set.length || b.bits - a.bits)
    .map(({ set }) => set);
}

function dependent({ target, value, because }: Injection): LeftOut {
  const message = `${targetField(target)} "${value}" was left out: it means nothing without the claim`;
  return { target, value, because, reason: "depends", message };
}

function blocked({ target, value, because }: Injection, blocker: Report | undefined): LeftOut {
  const cause = blocker === undefined ? "another value" : `${blocker.rule.id}: ${blocker.problem.message}`;
  const message = `${targetField(target)} "${value}" was left out: ${cause}`;
  return { target, value, because, reason: "rule", message };
}
