import type { Finding, Rule } from "../../src/decision/rule.ts";
import type { Reading } from "./controller-errors.ts";
import type { Property } from "./undecidable.ts";

/** What is compared of an object that is one of ours and lives. */
export type Measure =
  "recall" | "precision" | "ownership" | "group-id" | "group-members" | "inactive-members" | "outcome";

/** What an admission webhook cannot, or must not, prevent: a warning, or not being asked, is agreement. */
export type Apart = "terminating" | "other-type" | "not-owned" | "error-not-owned" | "fault-of-others";

export type CaseKind = "Service" | "Ingress";

/** In the order of the report. */
export const comparedOf: Readonly<Record<CaseKind, readonly (Measure | Apart)[]>> = {
  Service: ["recall", "precision", "ownership", "outcome", "terminating", "other-type", "error-not-owned"],
  Ingress: [
    "recall",
    "precision",
    "ownership",
    "group-id",
    "group-members",
    "inactive-members",
    "outcome",
    "terminating",
    "not-owned",
    "error-not-owned",
    "fault-of-others",
  ],
};

/** One comparison of a case with its verdict. */
export type Comparison = { readonly of: Measure | Apart } & (
  | { readonly result: "agree" }
  | { readonly result: "disagree"; readonly reason: string; readonly expectedFields: readonly string[] }
  | { readonly result: "undecidable"; readonly property: Property }
);

/** What is found of a case of either kind. */
export interface Compared {
  readonly comparisons: readonly Comparison[];
  /** Rules that refuse what the controller accepts, because AWS does not: ids. */
  readonly refusedForAws: readonly string[];
  /** We refuse what one of the controller's own admission webhooks stops, and its model builders do not. */
  readonly refusedLater: boolean;
}

export function agree(of: Measure | Apart): Comparison {
  return { of, result: "agree" };
}

export function disagree(
  of: Measure | Apart,
  reason: string,
  expectedFields: readonly string[] = [],
): Comparison & { readonly result: "disagree" } {
  return { of, result: "disagree", reason, expectedFields: [...new Set(expectedFields)] };
}

/** Whether a finding's field is one of these, or a part of it: spec.ports[1].nodePort is in spec.ports. */
export function namesOneOf(fields: readonly string[], field: string): boolean {
  return fields.some(
    (expected) => field === expected || field.startsWith(`${expected}.`) || field.startsWith(`${expected}[`),
  );
}

/** Of what the controller rejects: whether one of our refusals is for a field that is at fault. */
export function compareRefusal(known: readonly Reading[], refused: readonly Finding[]): Comparison {
  const fields = known.flatMap((reading) => reading.fields);
  if (refused.some(({ field }) => namesOneOf(fields, field))) return agree("recall");
  const property = commonExcuse(known);
  if (property !== undefined) return { of: "recall", result: "undecidable", property };
  return disagree("recall", refused.length === 0 ? "we accept it" : "we refuse it, but for another field", fields);
}

/** Where the text changes from run to run, none of them may be ours to decide. */
function commonExcuse(readings: readonly Reading[]): Property | undefined {
  return readings.every(({ excuse }) => excuse !== undefined) ? readings[0]?.excuse : undefined;
}

/** Of what the controller accepts: whether each of our refusals has a reason that is not the controller. */
export function comparePrecision(
  refused: readonly Finding[],
  rules: readonly Rule[],
  isStoppedLater: (finding: Finding) => boolean,
): Pick<Compared, "refusedForAws" | "refusedLater"> & { readonly comparison: Comparison } {
  const founded = refused.map((finding) => ({ finding, rule: ruleOf(finding, rules) }));
  const forAws = founded.filter(({ rule }) => rule.basis === "aws" && rule.source !== "");
  const others = founded.filter((denial) => !forAws.includes(denial));
  const unfounded = others.filter(({ finding }) => !isStoppedLater(finding));
  return {
    comparison:
      unfounded.length === 0
        ? agree("precision")
        : disagree(
            "precision",
            unfounded
              .map(({ finding, rule }) => `${rule.id} refuses it at ${finding.field}, and its basis is ${rule.basis}`)
              .join("; "),
          ),
    refusedForAws: [...new Set(forAws.map(({ rule }) => rule.id))],
    refusedLater: unfounded.length < others.length,
  };
}

function ruleOf(finding: Finding, rules: readonly Rule[]): Rule {
  const rule = rules.find(({ id }) => id === finding.rule);
  if (rule === undefined) throw new Error(`a finding names the rule ${finding.rule}, which is not in the list`);
  return rule;
}

/** Whether the two say the same of who builds the load balancer. */
export function compareOwner(theirs: boolean, ours: boolean): Comparison {
  if (ours === theirs) return agree("ownership");
  const [they, we] = theirs ? ["builds it", "does not"] : ["does not build it", "does"];
  return disagree("ownership", `the controller ${they}, and we say that it ${we}`);
}

/** Collects what differs between the two sides of an outcome. */
export function outcomeOf(pairs: readonly (readonly [what: string, theirs: Value, ours: Value])[]): Comparison {
  const differences = pairs
    .filter(([, theirs, ours]) => theirs !== ours)
    .map(([what, theirs, ours]) => `${what} is ${String(theirs)}, and we read ${String(ours ?? "nothing")}`);
  return differences.length === 0 ? agree("outcome") : disagree("outcome", differences.join("; "));
}

type Value = string | boolean | undefined;
