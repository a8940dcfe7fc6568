import type { PolicyProblem } from "../policy/problems.ts";
import { policyApiVersion, policyKind, readPolicy, unknownRules } from "../policy/schema.ts";
import { rules } from "../rules/index.ts";
import { nearest } from "../text/nearest.ts";
import { answer, refusal } from "./admission-answer.ts";
import type { AdmissionAnswer } from "./admission-answer.ts";

/** A LoadBalancerPolicy that is written, and on an update the one that is stored. */
export interface ReviewedPolicy {
  readonly object: unknown;
  readonly old: unknown;
}

export interface PolicyVerdict {
  /** What this request brings. */
  readonly problems: readonly PolicyProblem[];
  readonly warnings: readonly string[];
}

/**
 * An update is judged by what it introduces, so that a policy that was accepted once can still be switched off, labelled and
 * deleted, whatever this version thinks of it.
 */
export function judgePolicy({ object, old }: ReviewedPolicy): PolicyVerdict {
  const read = readPolicy(object);
  if ("policy" in read) return { problems: [], warnings: unknownRules(read.policy, ruleIds).map(unknownRule) };
  if (isBeingDeleted(old)) return { problems: [], warnings: [] };
  const { introduced, existing } = split(read.problems, problemsBefore(old));
  return {
    problems: introduced,
    warnings: existing.map((problem) => `already so before this update: ${line(problem)}`),
  };
}

/** The answer of /validate. */
export function policyAnswer(
  review: { readonly uid: string; readonly name: string },
  { problems, warnings }: PolicyVerdict,
): AdmissionAnswer {
  if (problems.length === 0) return answer(review, { allowed: true, warnings, audit: {} });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const message = [`${count} in ${policyKind} ${review.name}:`, ...problems.map((problem) => `- ${line(problem)}`)];
  return answer(review, { allowed: false, warnings, audit: {}, status: refusal(message.join("\n")) });
}

export function isPolicy(group: string, version: string, kind: string): boolean {
  return kind === policyKind && `${group}/${version}` === policyApiVersion;
}

function isBeingDeleted(old: unknown): boolean {
  const metadata = isRecord(old) ? old["metadata"] : undefined;
  return isRecord(metadata) && metadata["deletionTimestamp"] !== undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

const ruleIds = rules.map(({ id }) => id);

function unknownRule(id: string): string {
  const near = nearest(id, ruleIds);
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  return `spec.rules.${id}: this version knows no such rule, and leaves it alone${hint}`;
}

/** Whatever is written there, it is one line that a person can read. */
function line({ field, message }: PolicyProblem): string {
  const text = `${field}: ${message}`.toWellFormed().replace(/\p{Cc}+/gu, " ");
  return text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
}

const longestLine = 1000;

function problemsBefore(old: unknown): readonly PolicyProblem[] {
  if (old === undefined) return [];
  const read = readPolicy(old);
  return "problems" in read ? read.problems : [];
}

interface Split {
  readonly introduced: readonly PolicyProblem[];
  readonly existing: readonly PolicyProblem[];
}

function split(problems: readonly PolicyProblem[], before: readonly PolicyProblem[]): Split {
  const left = before.map(identity);
  const introduced: PolicyProblem[] = [];
  const existing: PolicyProblem[] = [];
  for (const problem of problems) {
    const index = left.indexOf(identity(problem));
    if (index === -1) {
      introduced.push(problem);
    } else {
      left.splice(index, 1);
      existing.push(problem);
    }
  }
  return { introduced, existing };
}

/** Without its place in a list, which changes when another entry comes or goes. */
function identity({ path, message }: PolicyProblem): string {
  return JSON.stringify([path.filter((step) => typeof step === "string"), message]);
}
