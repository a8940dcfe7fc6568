import { blocksInjection, evaluate, sameReport } from "./evaluate.ts";
import type { Report } from "./evaluate.ts";
import type { Facts } from "./facts.ts";
import { targetField, withInjections } from "./injection.ts";
import type { Candidate, Injection, LeftOut, Proposal } from "./injection.ts";
import type { Subject } from "./subject.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { possibleAllocations } from "./unallocated.ts";

/**
 * The largest set of candidates after which no rule reports what it did not report before, and the others with the rule
 * that stands against them. A field that the API server has yet to allocate stands for each value that it may get.
 */
export function unblocked(subject: Subject, { candidates, leftOut }: Proposal, input: PlanInput): Plan {
  const claim = candidates.find(({ isClaim }) => isClaim);
  const trials = allocations(subject, input.facts).map((allocated) => trialOn(allocated, input, claim));
  const blockersOf = (set: readonly Candidate[]): readonly Blocker[] => trials.flatMap((trial) => trial(set));

  const against = blockersOf(candidates);
  const kept = against.length === 0 ? candidates : largestUnblocked(candidates, claim, blockersOf);
  const claimDropped = claim !== undefined && !kept.includes(claim);
  const dropped = candidates
    .filter((candidate) => !kept.includes(candidate))
    .flatMap((candidate): readonly LeftOut[] => {
      if (claimDropped && !candidate.isClaim) return candidate.injections.map(dependent);
      const found = blockersOf([...kept, candidate]);
      const [blocker] = found.length > 0 ? found : against;
      const certain = found.filter((report) => blocker && sameReport(report) === sameReport(blocker)).length;
      const supposing = certain === trials.length ? undefined : blocker?.supposing;
      return candidate.injections.map((injection) => blocked(injection, blocker, supposing));
    });
  return {
    injections: kept.flatMap(({ injections }) => injections),
    leftOut: [...leftOut, ...dropped],
    cautions: kept.flatMap(({ caution }) => (caution === undefined ? [] : [caution])),
  };
}

interface Allocated {
  readonly subject: Subject;
  /** What is supposed of the API server's choice, or undefined where it has none. */
  readonly supposing: string | undefined;
}

interface Blocker extends Report {
  readonly supposing: string | undefined;
}

function allocations(subject: Subject, facts: Facts): readonly Allocated[] {
  if (subject.kind === "Ingress" || subject.object.ipFamilies !== undefined) return [{ subject, supposing: undefined }];
  const possible = possibleAllocations(subject.object, facts.profile);
  return possible.map((object) => ({
    subject: { ...subject, object },
    supposing: possible.length === 1 ? undefined : `should spec.ipFamilies become ${object.ipFamilies?.join(", ")}`,
  }));
}

/**
 * What a set of candidates newly makes a rule report on one allocation. Where the object would be refused even without
 * us, as an IPv6 Service that only the in-tree controller would take, the claim is not to blame for what it meets.
 */
function trialOn(
  { subject, supposing }: Allocated,
  input: PlanInput,
  claim: Candidate | undefined,
): (set: readonly Candidate[]) => readonly Blocker[] {
  const reports = (set: readonly Candidate[]): readonly Report[] => {
    const injections = set.flatMap((candidate) => candidate.injections);
    return evaluate(withInjections(subject, injections), { ...input, missing: [] }).filter(blocksInjection);
  };
  const reportsBefore = (): ReadonlySet<string> => {
    const unchanged = reports([]);
    const lost = unchanged.length > 0 && claim !== undefined;
    return new Set([...unchanged, ...(lost ? reports([claim]) : [])].map(sameReport));
  };
  let before: ReadonlySet<string> | undefined;
  return (set) => {
    const after = reports(set);
    if (after.length === 0) return [];
    before ??= reportsBefore();
    return after
      .filter((report) => before?.has(sameReport(report)) !== true)
      .map((report) => ({ ...report, supposing }));
  };
}

/** Of equal size, the set that keeps what comes earlier in the list. Without the claim, nothing. At most 2^5 are tried. */
function largestUnblocked(
  candidates: readonly Candidate[],
  claim: Candidate | undefined,
  blockersOf: (set: readonly Candidate[]) => readonly Blocker[],
): readonly Candidate[] {
  const all = Array.from({ length: 2 ** candidates.length }, (_, bits) => ({
    bits,
    set: candidates.filter((_candidate, index) => (bits & (1 << (candidates.length - 1 - index))) !== 0),
  }));
  const fitting = all
    .filter(({ set }) => claim === undefined || set.includes(claim))
    .toSorted((a, b) => b.set.length - a.set.length || b.bits - a.bits)
    .find(({ set }) => blockersOf(set).length === 0);
  return fitting?.set ?? [];
}

function dependent({ target, value, because }: Injection): LeftOut {
  const message = `${targetField(target)} "${value}" was left out: it means nothing without the claim`;
  return { target, value, because, reason: "depends", message };
}

function blocked(
  { target, value, because }: Injection,
  blocker: Blocker | undefined,
  supposing: string | undefined,
): LeftOut {
  const cause = blocker === undefined ? "another value" : `${blocker.rule.id}: ${blocker.problem.message}`;
  const condition = supposing === undefined ? "" : ` (${supposing})`;
  const message = `${targetField(target)} "${value}" was left out: ${cause}${condition}`;
  return { target, value, because, reason: "rule", message };
}
