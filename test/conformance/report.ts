import type { Rule } from "../../src/decision/rule.ts";
import type { ConformanceCase, ServiceCase } from "./cases.ts";
import { apart, judge, measures } from "./judge.ts";
import type { Apart, Comparison, Judgement, Measure, Ours } from "./judge.ts";
import { properties } from "./undecidable.ts";

/** All that a run found. `--json` prints it as it is: the README beside this file describes it. */
export interface Report {
  readonly cases: { readonly services: number; readonly ingressesNotJudgedYet: number };
  /** By measure, and by class that is counted apart. */
  readonly measures: Readonly<Record<string, Counts>>;
  /** Rejected cases that are excused, by what makes them undecidable. */
  readonly undecidable: Readonly<Record<string, number>>;
  /** What the controller accepts and a rule refuses because AWS does not, by rule. */
  readonly refusedForAws: Readonly<Record<string, number>>;
  /** What we refuse, the model builders accept, and the controller's TargetGroupBinding webhook stops. */
  readonly refusedLater: number;
  readonly disagreements: readonly Disagreement[];
}

interface Counts {
  readonly cases: number;
  readonly agree: number;
  readonly disagree: number;
  readonly undecidable: number;
}

export interface Disagreement {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly topic: string;
  readonly measure: Measure | Apart;
  readonly reason: string;
  /** Of recall: the fields of which a right rule names one. */
  readonly expectedFields: readonly string[];
  readonly verdict: {
    readonly owned: boolean;
    readonly errors: readonly string[];
    readonly targetGroupBindingError: string | null;
    readonly scheme: string | null;
    readonly ipAddressType: string | null;
    readonly targetGroups: readonly {
      readonly service: string;
      readonly port: number | string;
      readonly targetType: string;
      readonly proxyProtocolV2: boolean;
    }[];
  };
  readonly ours: {
    readonly untouched: string | null;
    readonly controller: string | null;
    readonly scheme: string | null;
    readonly ipAddressType: string | null;
    readonly targetType: string | null;
    readonly proxyProtocolPorts: readonly number[] | null;
    readonly findings: readonly {
      readonly rule: string;
      readonly severity: string;
      readonly field: string;
      readonly message: string;
    }[];
  };
}

/** Judges all cases; Ingresses are only counted. */
export function reportOn(cases: readonly ConformanceCase[], rules?: readonly Rule[]): Report {
  const judgements = cases.flatMap((given) => (given.kind === "service" ? [judged(given, rules)] : []));
  const comparisons = judgements.flatMap((judgement) => judgement.comparisons);
  const excuses = comparisons.flatMap((each) => (each.result === "undecidable" ? [each.property] : []));
  return {
    cases: { services: judgements.length, ingressesNotJudgedYet: cases.length - judgements.length },
    measures: Object.fromEntries(
      [...measures, ...apart].map((of) => [of, countsOf(comparisons.filter((each) => each.of === of))]),
    ),
    undecidable: tally(Object.keys(properties), excuses),
    refusedForAws: tally(
      [],
      judgements.flatMap(({ refusedForAws }) => refusedForAws),
    ),
    refusedLater: judgements.filter(({ refusedLater }) => refusedLater).length,
    disagreements: judgements.flatMap(disagreementsOf),
  };
}

function judged(given: ServiceCase, rules: readonly Rule[] | undefined): Judgement {
  try {
    return judge(given, rules);
  } catch (error) {
    throw new Error(`${given.file}:${given.line}: ${given.id} could not be judged`, { cause: error });
  }
}

function countsOf(comparisons: readonly Comparison[]): Counts {
  const count = (result: Comparison["result"]): number => comparisons.filter((each) => each.result === result).length;
  return {
    cases: comparisons.length,
    agree: count("agree"),
    disagree: count("disagree"),
    undecidable: count("undecidable"),
  };
}

/** How often each occurs: the expected ones first and even if never, the others in the order of the alphabet. */
function tally(expected: readonly string[], found: readonly string[]): Readonly<Record<string, number>> {
  const names = new Set([...expected, ...found.toSorted()]);
  return Object.fromEntries([...names].map((name) => [name, found.filter((each) => each === name).length]));
}

function disagreementsOf({ given, comparisons, ours }: Judgement): readonly Disagreement[] {
  const { id, file, line, topic } = given;
  return comparisons.flatMap((each): readonly Disagreement[] => {
    if (each.result !== "disagree") return [];
    const { of: measure, reason, expectedFields } = each;
    const sides = { verdict: theirSide(given), ours: ourSide(ours) };
    return [{ id, file, line, topic, measure, reason, expectedFields, ...sides }];
  });
}

function theirSide({ verdict }: ServiceCase): Disagreement["verdict"] {
  return {
    owned: verdict.owned,
    errors: verdict.errors,
    targetGroupBindingError: verdict.targetGroupBindingError ?? null,
    scheme: verdict.loadBalancer?.scheme ?? null,
    ipAddressType: verdict.loadBalancer?.ipAddressType ?? null,
    targetGroups: verdict.targetGroups.map(({ service, port, targetType, proxyProtocolV2 }) => {
      return { service, port, targetType, proxyProtocolV2 };
    }),
  };
}

function ourSide({ decision, inForce }: Ours): Disagreement["ours"] {
  return {
    untouched: decision.untouched ?? null,
    controller: decision.controller ?? null,
    scheme: inForce.scheme ?? null,
    ipAddressType: inForce.ipAddressType ?? null,
    targetType: inForce.targetType ?? null,
    proxyProtocolPorts: inForce.proxyProtocolPorts ?? null,
    findings: decision.findings.map(({ rule, severity, field, message }) => ({ rule, severity, field, message })),
  };
}
