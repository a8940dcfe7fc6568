import { nlb } from "../../src/annotations/catalog.ts";
import { serviceController } from "../../src/decision/controller.ts";
import { decide, denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { serviceInForce } from "../../src/decision/in-force.ts";
import type { ServiceInForce } from "../../src/decision/in-force.ts";
import { annotationField } from "../../src/decision/rule.ts";
import type { Finding, Rule } from "../../src/decision/rule.ts";
import type { ServiceSubject } from "../../src/decision/subject.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { rules as allRules } from "../../src/rules/index.ts";
import type { ServiceCase, Verdict } from "./cases.ts";
import { namesOneOf, readError } from "./controller-errors.ts";
import type { Reading } from "./controller-errors.ts";
import type { Property } from "./undecidable.ts";
import { factsOf } from "./world.ts";

/** What is compared of a Service of type LoadBalancer that lives. */
export const measures = ["recall", "precision", "ownership", "outcome"] as const;
export type Measure = (typeof measures)[number];

/** What an admission webhook cannot, or must not, prevent: a warning, or not being asked, is agreement. */
export const apart = ["terminating", "other-type", "error-not-owned"] as const;
export type Apart = (typeof apart)[number];

/** One comparison of a case with its verdict. */
export type Comparison = { readonly of: Measure | Apart } & (
  | { readonly result: "agree" }
  | { readonly result: "disagree"; readonly reason: string; readonly expectedFields: readonly string[] }
  | { readonly result: "undecidable"; readonly property: Property }
);

export interface Judgement {
  readonly given: ServiceCase;
  readonly comparisons: readonly Comparison[];
  /** Rules that refuse what the controller accepts, because AWS does not: ids. */
  readonly refusedForAws: readonly string[];
  /** We refuse what the controller's own TargetGroupBinding webhook stops later. */
  readonly refusedLater: boolean;
  readonly ours: Ours;
}

/** Our side of the comparison. */
export interface Ours {
  readonly decision: Decision;
  readonly inForce: ServiceInForce;
}

/** Compares what the product decides with the controller's verdict. */
export function judge(given: ServiceCase, rules: readonly Rule[] = allRules): Judgement {
  const facts = factsOf(given.world);
  const decision = decide(subjectOf(given), policySet([]), facts, rules);
  const ours = { decision, inForce: inForceOf(given, facts) };
  const none = { given, ours, refusedForAws: [], refusedLater: false };
  const { verdict } = given;

  const outside = apartFrom(given);
  if (outside !== undefined) return { ...none, comparisons: [compareApart(outside, given, decision)] };
  const owner = compareOwner(given, decision);
  if (verdict.errors.length > 0) return { ...none, comparisons: [compareRefusal(given, decision), owner] };
  if (!verdict.owned) return { ...none, comparisons: [owner] };

  const { forAws, later, unfounded } = sorted(foundedOn(denials(decision), rules), verdict);
  const precision: Comparison =
    unfounded.length === 0 ? agree("precision") : disagree("precision", unfounded.map(unfoundedText).join("; "));
  const comparisons = [precision, owner, ...(verdict.unstableOutcome ? [] : [compareOutcome(given, ours.inForce)])];
  return { ...none, comparisons, refusedForAws: forAws, refusedLater: later.length > 0 };
}

/** As `/validate` sees it: created, except that the API server never sends the creation of what is being deleted. */
function subjectOf({ namespace, name, service }: ServiceCase): ServiceSubject {
  const request = service.terminating
    ? { operation: "UPDATE" as const, old: service }
    : { operation: "CREATE" as const, old: undefined };
  return { kind: "Service", phase: "validating", namespace, name, object: service, ...request };
}

function inForceOf({ service }: ServiceCase, { profile, existing }: Facts): ServiceInForce {
  return serviceInForce(service, serviceController(service, profile), profile, existing);
}

function apartFrom({ service, verdict }: ServiceCase): Apart | undefined {
  if (service.terminating) return "terminating";
  if (service.type !== "LoadBalancer") return "other-type";
  return verdict.errors.length > 0 && !verdict.owned ? "error-not-owned" : undefined;
}

function compareApart(of: Apart, { verdict }: ServiceCase, decision: Decision): Comparison {
  const refused = denials(decision);
  const rejected = verdict.errors.length > 0;
  if (refused.length > 0 && (of === "terminating" || !rejected)) {
    return disagree(of, `${refused.map(({ rule }) => rule).join(", ")} must not refuse it`);
  }
  const silent = decision.untouched === undefined && decision.findings.length === 0;
  return silent && rejected ? disagree(of, "the controller fails, and nobody is warned") : agree(of);
}

function compareOwner({ verdict }: ServiceCase, { controller }: Decision): Comparison {
  const owned = controller === "aws-load-balancer-controller";
  if (owned === verdict.owned) return agree("ownership");
  const [theirs, ours] = verdict.owned ? ["builds it", "does not"] : ["does not build it", "does"];
  return disagree("ownership", `the controller ${theirs}, and we say that it ${ours}`);
}

function compareRefusal(given: ServiceCase, decision: Decision): Comparison {
  const readings = given.verdict.errors.map((text) => ({ text, reading: readError(text, given) }));
  const unknown = readings.find(({ reading }) => reading === undefined);
  if (unknown !== undefined) return disagree("recall", `unknown error text: ${unknown.text}`);
  const known = readings.flatMap(({ reading }) => reading ?? []);
  const fields = known.flatMap((reading) => reading.fields);
  const refused = denials(decision);
  if (refused.some(({ field }) => namesOneOf(fields, field))) return agree("recall");
  const property = commonExcuse(known);
  if (property !== undefined) return { of: "recall", result: "undecidable", property };
  const what = refused.length === 0 ? "we accept it" : "we refuse it, but for another field";
  return { ...disagree("recall", what), expectedFields: [...new Set(fields)] };
}

/** Where the text changes from run to run, none of them may be ours to decide. */
function commonExcuse(readings: readonly Reading[]): Property | undefined {
  return readings.every(({ excuse }) => excuse !== undefined) ? readings[0]?.excuse : undefined;
}

/** A denial with the rule that it comes from. */
interface Founded {
  readonly finding: Finding;
  readonly rule: Rule;
}

function foundedOn(refused: readonly Finding[], rules: readonly Rule[]): readonly Founded[] {
  return refused.map((finding) => {
    const rule = rules.find(({ id }) => id === finding.rule);
    if (rule === undefined) throw new Error(`a finding names the rule ${finding.rule}, which is not in the list`);
    return { finding, rule };
  });
}

interface SortedDenials {
  /** Ids of rules. */
  readonly forAws: readonly string[];
  readonly later: readonly Founded[];
  readonly unfounded: readonly Founded[];
}

/** The denials of what the controller accepts, by what they rest on. */
function sorted(refused: readonly Founded[], { targetGroupBindingError }: Verdict): SortedDenials {
  const forAws = refused.filter(({ rule }) => rule.basis === "aws" && rule.source !== "");
  const others = refused.filter((denial) => !forAws.includes(denial));
  const isLater = ({ finding }: Founded): boolean =>
    targetGroupBindingError !== undefined && namesOneOf(quicWithInstance, finding.field);
  return {
    forAws: [...new Set(forAws.map(({ rule }) => rule.id))],
    later: others.filter(isLater),
    unfounded: others.filter((denial) => !isLater(denial)),
  };
}

/** The one fault that the TargetGroupBinding webhook finds in a new Service (targetgroupbinding_validator.go:328-329). */
const quicWithInstance = ["spec.ports", ...[nlb.quicEnabledPorts, nlb.targetType].map(annotationField)];

function unfoundedText({ finding, rule }: Founded): string {
  return `${rule.id} refuses it at ${finding.field}, and its basis is ${rule.basis}`;
}

function compareOutcome({ service, namespace, name, verdict }: ServiceCase, inForce: ServiceInForce): Comparison {
  const differences: string[] = [];
  const expect = (what: string, theirs: string | boolean | undefined, ours: string | boolean | undefined): void => {
    if (theirs !== ours) differences.push(`${what} is ${String(theirs)}, and we read ${String(ours ?? "nothing")}`);
  };
  expect("scheme", verdict.loadBalancer?.scheme, inForce.scheme);
  expect("address type", verdict.loadBalancer?.ipAddressType, inForce.ipAddressType);
  for (const group of verdict.targetGroups) {
    // Those of other Services, which actions name, have ports of their own.
    if (group.service !== `${namespace}/${name}`) continue;
    const port = service.ports.find((own) => own.port === group.port || own.name === group.port)?.port;
    expect(`target type of port ${group.port}`, group.targetType, inForce.targetType);
    const isOn = port === undefined ? undefined : inForce.proxyProtocolPorts?.includes(port);
    expect(`proxy protocol of port ${group.port}`, group.proxyProtocolV2, isOn);
  }
  return differences.length === 0 ? agree("outcome") : disagree("outcome", differences.join("; "));
}

function agree(of: Measure | Apart): Comparison {
  return { of, result: "agree" };
}

function disagree(of: Measure | Apart, reason: string): Comparison & { readonly result: "disagree" } {
  return { of, result: "disagree", reason, expectedFields: [] };
}
