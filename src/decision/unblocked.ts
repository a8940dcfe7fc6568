import { blocksInjection, evaluate, evaluateAllocations, sameReport } from "./evaluate.ts";
import type { Report } from "./evaluate.ts";
import { injectedAnnotation } from "../annotations/own.ts";
import { annotationField } from "./rule.ts";
import { targetField, withInjections } from "./injection.ts";
import { inTreeScheme } from "./in-force.ts";
import type { Candidate, Injection, LeftOut, Proposal } from "./injection.ts";
import type { Subject } from "./subject.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { ownValue, readProvenance } from "./provenance.ts";
import { possibleAllocations } from "./unallocated.ts";

/**
 * The largest set of candidates after which no rule reports what it did not report before, and the others with the rule
 * that stands against them. A field that the API server has yet to allocate stands for each value that it may get.
 */
export function unblocked(subject: Subject, { candidates, leftOut }: Proposal, input: PlanInput): Plan {
  const claim = candidates.find(({ isClaim }) => isClaim);
  const trial = trialOf(subject, candidates, claim, input);
  if (candidates.length === 0) {
    return { injections: [], after: subject, leftOut, cautions: [], reports: () => trial([]).reports };
  }
  const all = trial(candidates);
  const kept = all.blockers.length === 0 ? candidates : largestUnblocked(candidates, claim, trial);
  const { after, reports } = kept === candidates ? all : trial(kept);
  const claimDropped = claim !== undefined && !kept.includes(claim);
  const dropped = candidates
    .filter((candidate) => !kept.includes(candidate))
    .flatMap((candidate): readonly LeftOut[] => {
      if (claimDropped && !candidate.isClaim) return candidate.injections.map(dependent);
      const alone = trial([...kept, candidate]);
      const [blocker] = alone.blockers.length > 0 ? alone.blockers : all.blockers;
      const certain =
        blocker !== undefined && alone.reports.some((report) => sameReport(report) === sameReport(blocker));
      return candidate.injections.map((injection) => blocked(injection, blocker, certain));
    });
  return {
    injections: kept.flatMap(({ injections }) => injections),
    after,
    leftOut: [...leftOut, ...dropped],
    cautions: kept.flatMap(({ caution }) => (caution === undefined ? [] : [caution])),
    reports: () => reports,
  };
}

/** What rules say of the subject with a set of candidates. */
interface Outcome {
  /** The subject with the set. */
  readonly after: Subject;
  /** What stands against the set: reports that block an injection and would not be there without it. */
  readonly blockers: readonly Blocker[];
  /** How much is refused all the same: the author's own faults, over all allocations. */
  readonly remaining: number;
  /** What is reported however the families are allocated. */
  readonly reports: readonly Report[];
}

interface Blocker extends Report {
  /** The families with which it is reported. */
  readonly families: readonly string[] | undefined;
}

type Trial = (set: readonly Candidate[]) => Outcome;

/**
 * The claim is not to blame for what it meets where leaving it out would help nobody: the object would be refused even
 * without us, as an IPv6 Service that only the in-tree controller would take, or that controller would build it public.
 * Nor is a value that cures one fault to blame for the next that comes to light: an IPv6 Service needs dualstack, and is told
 * what else it lacks rather than to add what we left out. But what is wrong with a value of ours, or with a default of the
 * controller that is claimed for, is not the author's fault: the Service that the in-tree controller would serve is not refused.
 */
function trialOf(
  subject: Subject,
  candidates: readonly Candidate[],
  claim: Candidate | undefined,
  input: PlanInput,
): Trial {
  const { profile } = input.facts;
  const familiesAt = (index: number): readonly string[] | undefined =>
    subject.kind === "Service"
      ? possibleAllocations(subject.object, profile, subject.old)[index]?.ipFamilies
      : undefined;
  const known = { rules: input.rules, policy: input.policy, facts: input.facts, missing: [] };
  const changedBy = (set: readonly Candidate[]): Subject =>
    withInjections(
      subject,
      set.flatMap(({ injections }) => injections),
    );
  const reportsAbout = (changed: Subject): readonly (readonly Report[])[] =>
    changed.kind === "Service"
      ? evaluateAllocations(changed, possibleAllocations(changed.object, profile, changed.old), known)
      : [evaluate(changed, known)];
  const reportsOn = (set: readonly Candidate[]): readonly (readonly Report[])[] => reportsAbout(changedBy(set));
  let unchanged: readonly ReadonlySet<string>[] | undefined;
  const before = (): readonly ReadonlySet<string>[] => {
    const wouldBePublic = subject.kind === "Service" && inTreeScheme(subject.object.annotations) === "internet-facing";
    const claimed = claim === undefined ? [] : [claim];
    const withClaim = claim && reportsOn(claimed).map(blockingIn);
    const alone = reportsOn([]).map(blockingIn);
    // An update may live on with a fault that the stored object has: there is nothing to cure at any price.
    const cures = (subject.old === undefined ? candidates : [])
      .filter((candidate) => candidate !== claim)
      .map((candidate) => ({ candidate, each: reportsOn([...claimed, candidate]).map(blockingIn) }));
    return alone.map((unaided, index) => {
      const start = withClaim?.[index] ?? unaided;
      const lost = unaided.length > 0 ? start : wouldBePublic ? written(start, subject) : [];
      const unavoidable = cures.map(({ candidate, each }) => {
        const after = each[index] ?? [];
        return isCure(start, after) ? elsewhere(after, [...claimed, candidate], subject) : [];
      });
      return new Set([unaided, lost, ...unavoidable].flat().map(sameReport));
    });
  };
  return (set) => {
    const after = changedBy(set);
    const each = reportsAbout(after);
    if (each.every((reports) => reports.length === 0)) return { after, blockers: [], remaining: 0, reports: [] };
    const blockers = each.flatMap((reports, index) => {
      const blocking = blockingIn(reports);
      if (blocking.length === 0 || set.length === 0) return [];
      unchanged ??= before();
      return blocking
        .filter((report) => unchanged?.[index]?.has(sameReport(report)) !== true)
        .map((report) => ({ ...report, families: familiesAt(index) }));
    });
    const remaining = each.reduce((sum, reports) => sum + gravity(blockingIn(reports)), 0);
    return { after, blockers, remaining, reports: inAll(each) };
  };
}

/** What is said of the author's own words. */
function written(reports: readonly Report[], subject: Subject): readonly Report[] {
  const ours = alreadyOurs(subject);
  const own = new Set(Object.keys(subject.object.annotations).map(annotationField));
  return reports.filter(
    ({ problem: { field } }) => !ours.includes(field) && (field.startsWith("spec.") || own.has(field)),
  );
}

/** What is not said of the candidates' own values, nor of what we injected when we were asked before. */
function elsewhere(reports: readonly Report[], candidates: readonly Candidate[], subject: Subject): readonly Report[] {
  const own = candidates.flatMap(({ injections }) => injections.map(({ target }) => targetField(target)));
  const ours = [...own, ...alreadyOurs(subject)];
  return reports.filter(({ problem }) => !ours.includes(problem.field));
}

/**
 * The API server may call again, with our values on the object: they are as little the author's as the first time. A note
 * that names what is not there was made up.
 */
function alreadyOurs({ object }: Subject): readonly string[] {
  const keys = readProvenance(object.annotations[injectedAnnotation])?.keys ?? [];
  return keys.filter((key) => ownValue(object, key) !== undefined).map(targetField);
}

/** One refusal weighs more than any number of warnings. */
function gravity(reports: readonly Report[]): number {
  const refusals = reports.filter(isRefusal).length;
  return reports.length + 1000 * refusals;
}

function blockingIn(reports: readonly Report[]): readonly Report[] {
  return reports.filter(blocksInjection);
}

/**
 * Whether a rule no longer has anything to say of a field: one that goes on in other words is not cured. That a warning is gone
 * is worth no refusal.
 */
function isCure(before: readonly Report[], after: readonly Report[]): boolean {
  const cured = before.filter(
    ({ rule, problem }) => !after.some((other) => other.rule === rule && other.problem.field === problem.field),
  );
  return cured.length > 0 && (cured.some(isRefusal) || !after.some(isRefusal));
}

function isRefusal({ rule, problem }: Report): boolean {
  return (problem.severity ?? rule.severity) === "deny";
}

function inAll([first = [], ...others]: readonly (readonly Report[])[]): readonly Report[] {
  if (first.length === 0 || others.length === 0) return first;
  const keys = others.map((reports) => new Set(reports.map(sameReport)));
  return first.filter((report) => keys.every((each) => each.has(sameReport(report))));
}

/**
 * A value that cures a fault goes before a greater number of values; of equal size, the set that keeps what comes earlier in
 * the list. Without the claim, nothing. At most 2^5 are tried.
 */
function largestUnblocked(
  candidates: readonly Candidate[],
  claim: Candidate | undefined,
  trial: Trial,
): readonly Candidate[] {
  const all = Array.from({ length: 2 ** candidates.length }, (_, bits) => ({
    bits,
    set: candidates.filter((_candidate, index) => (bits & (1 << (candidates.length - 1 - index))) !== 0),
  }));
  const fitting = all
    .filter(({ set }) => claim === undefined || set.includes(claim))
    .map(({ bits, set }) => ({ bits, set, outcome: trial(set) }))
    .filter(({ outcome }) => outcome.blockers.length === 0)
    .toSorted((a, b) => a.outcome.remaining - b.outcome.remaining || b.set.length - a.set.length || b.bits - a.bits);
  return fitting[0]?.set ?? [];
}

function dependent({ target, value, because }: Injection): LeftOut {
  const message = `${targetField(target)} "${value}" was left out: it means nothing without the claim`;
  return { target, value, because, reason: "depends", message };
}

function blocked({ target, value, because }: Injection, blocker: Blocker | undefined, certain: boolean): LeftOut {
  const cause = blocker === undefined ? "another value" : `${blocker.rule.id}: ${blocker.problem.message}`;
  const supposing =
    certain || blocker?.families === undefined ? "" : ` (should spec.ipFamilies become ${blocker.families.join(", ")})`;
  const message = `${targetField(target)} "${value}" was left out: ${cause}${supposing}`;
  return { target, value, because, reason: "rule", message };
}
