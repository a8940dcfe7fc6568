import type { Rule } from "../../src/decision/rule.ts";
import type { ConformanceCase } from "./cases.ts";
import { comparedOf } from "./comparison.ts";
import type { Apart, CaseKind, Comparison, Measure } from "./comparison.ts";
import { judgeIngress } from "./judge-ingress.ts";
import type { IngressJudgement } from "./judge-ingress.ts";
import { judge } from "./judge.ts";
import type { Judgement } from "./judge.ts";
import { properties } from "./undecidable.ts";

/** All that a run found. `--json` prints it as it is: the README beside this file describes it. */
export interface Report {
  readonly cases: { readonly services: number; readonly ingresses: number };
  /** By measure, and by class that is counted apart; of Services and Ingresses together. */
  readonly measures: Measures;
  readonly measuresByKind: Readonly<Record<CaseKind, Measures>>;
  /** Rejected cases that are excused, by what makes them undecidable. */
  readonly undecidable: Readonly<Record<string, number>>;
  /** What the controller accepts and a rule refuses because AWS does not, by rule. */
  readonly refusedForAws: Readonly<Record<string, number>>;
  /** What we refuse, the model builders accept, and one of the controller's own admission webhooks stops. */
  readonly refusedLater: number;
  readonly disagreements: readonly Disagreement[];
}

type Measures = Readonly<Record<string, Counts>>;

interface Counts {
  readonly cases: number;
  readonly agree: number;
  readonly disagree: number;
  readonly undecidable: number;
}

export type Disagreement = ServiceDisagreement | IngressDisagreement;

interface Dispute {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly topic: string;
  readonly measure: Measure | Apart;
  readonly reason: string;
  /** Of recall: the fields of which a right rule names one. */
  readonly expectedFields: readonly string[];
}

export interface ServiceDisagreement extends Dispute {
  readonly kind: "Service";
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
  readonly ours: OurDecision & {
    readonly scheme: string | null;
    readonly ipAddressType: string | null;
    readonly targetType: string | null;
    readonly proxyProtocolPorts: readonly number[] | null;
  };
}

export interface IngressDisagreement extends Dispute {
  readonly kind: "Ingress";
  readonly verdict: GroupSide & {
    readonly owned: boolean;
    readonly errors: readonly string[];
    readonly webhookError: string | null;
    readonly targetGroups: readonly {
      readonly service: string;
      readonly port: number | string | null;
      readonly targetType: string;
    }[];
  };
  readonly ours: OurDecision & GroupSide & { readonly groupProblem: string | null };
}

/** null: there is none, or it is not known. */
interface GroupSide {
  readonly groupId: string | null;
  readonly groupMembers: readonly string[] | null;
  readonly inactiveMembers: readonly string[] | null;
  readonly scheme: string | null;
  readonly ipAddressType: string | null;
  readonly name: string | null;
}

interface OurDecision {
  readonly untouched: string | null;
  readonly controller: string | null;
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly field: string;
    readonly message: string;
  }[];
}

export function reportOn(cases: readonly ConformanceCase[], rules?: readonly Rule[]): Report {
  const judgements = cases.map((given) => judged(given, rules));
  const ofKind = (of: CaseKind): readonly AnyJudgement[] => judgements.filter(({ kind }) => kind === of);
  const excuses = comparisonsOf(judgements).flatMap((each) => (each.result === "undecidable" ? [each.property] : []));
  const [services, ingresses] = [ofKind("Service"), ofKind("Ingress")];
  return {
    cases: { services: services.length, ingresses: ingresses.length },
    measures: measuresOf(judgements, [...new Set([...comparedOf.Service, ...comparedOf.Ingress])]),
    measuresByKind: {
      Service: measuresOf(services, comparedOf.Service),
      Ingress: measuresOf(ingresses, comparedOf.Ingress),
    },
    undecidable: tally(Object.keys(properties), excuses),
    refusedForAws: tally(
      [],
      judgements.flatMap(({ refusedForAws }) => refusedForAws),
    ),
    refusedLater: judgements.filter(({ refusedLater }) => refusedLater).length,
    disagreements: judgements.flatMap(disagreementsOf),
  };
}

type AnyJudgement = Judgement | IngressJudgement;

function judged(given: ConformanceCase, rules: readonly Rule[] | undefined): AnyJudgement {
  try {
    return given.kind === "service" ? judge(given, rules) : judgeIngress(given, rules);
  } catch (error) {
    throw new Error(`${given.file}:${given.line}: ${given.id} could not be judged`, { cause: error });
  }
}

function comparisonsOf(judgements: readonly AnyJudgement[]): readonly Comparison[] {
  return judgements.flatMap(({ comparisons }) => comparisons);
}

function measuresOf(judgements: readonly AnyJudgement[], compared: readonly (Measure | Apart)[]): Measures {
  const comparisons = comparisonsOf(judgements);
  return Object.fromEntries(compared.map((of) => [of, countsOf(comparisons.filter((each) => each.of === of))]));
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

function disagreementsOf(judgement: AnyJudgement): readonly Disagreement[] {
  const { id, file, line, topic } = judgement.given;
  return judgement.comparisons.flatMap((each): readonly Disagreement[] => {
    if (each.result !== "disagree") return [];
    const { of: measure, reason, expectedFields } = each;
    const dispute = { id, file, line, topic, measure, reason, expectedFields };
    return [judgement.kind === "Service" ? serviceSides(dispute, judgement) : ingressSides(dispute, judgement)];
  });
}

function serviceSides(dispute: Dispute, { kind, given: { verdict }, ours }: Judgement): ServiceDisagreement {
  const { decision, inForce } = ours;
  return {
    kind,
    ...dispute,
    verdict: {
      owned: verdict.owned,
      errors: verdict.errors,
      targetGroupBindingError: verdict.targetGroupBindingError ?? null,
      scheme: verdict.loadBalancer?.scheme ?? null,
      ipAddressType: verdict.loadBalancer?.ipAddressType ?? null,
      targetGroups: verdict.targetGroups.map(({ service, port, targetType, proxyProtocolV2 }) => {
        return { service, port, targetType, proxyProtocolV2 };
      }),
    },
    ours: {
      ...ourDecision(decision),
      scheme: inForce.scheme ?? null,
      ipAddressType: inForce.ipAddressType ?? null,
      targetType: inForce.targetType ?? null,
      proxyProtocolPorts: inForce.proxyProtocolPorts ?? null,
    },
  };
}

function ingressSides(dispute: Dispute, { kind, given: { verdict }, ours }: IngressJudgement): IngressDisagreement {
  const { decision, groupId, group, values } = ours;
  const namesOf = (ingresses: readonly { readonly namespace: string; readonly name: string }[]): readonly string[] =>
    ingresses.map(({ namespace, name }) => `${namespace}/${name}`);
  return {
    kind,
    ...dispute,
    verdict: {
      owned: verdict.owned,
      errors: verdict.errors,
      webhookError: verdict.webhookError ?? null,
      groupId: verdict.groupId ?? null,
      groupMembers: verdict.groupMembers ?? null,
      inactiveMembers: verdict.groupMembers === undefined ? null : verdict.inactiveMembers,
      scheme: verdict.loadBalancer?.scheme ?? null,
      ipAddressType: verdict.loadBalancer?.ipAddressType ?? null,
      name: verdict.loadBalancer?.name ?? null,
      targetGroups: verdict.targetGroups.flatMap(({ service, port, targetType }) =>
        service === undefined || service === null ? [] : [{ service, port, targetType }],
      ),
    },
    ours: {
      ...ourDecision(decision),
      groupId: groupId ?? null,
      groupMembers: group === undefined ? null : namesOf(group.members.map(({ ingress }) => ingress)),
      inactiveMembers: group === undefined ? null : namesOf(group.inactive),
      groupProblem: group?.problem ?? null,
      scheme: values?.scheme ?? null,
      ipAddressType: values?.ipAddressType ?? null,
      name: values?.name ?? null,
    },
  };
}

function ourDecision({ untouched, controller, findings }: Judgement["ours"]["decision"]): OurDecision {
  return {
    untouched: untouched ?? null,
    controller: controller ?? null,
    findings: findings.map(({ rule, severity, field, message }) => ({ rule, severity, field, message })),
  };
}
