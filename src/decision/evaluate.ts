import type { Resolution } from "../policy/resolve.ts";
import { albClass, isProvisioned, serviceController } from "./controller.ts";
import type { Facts } from "./facts.ts";
import { ingressInForce, serviceInForce } from "./in-force.ts";
import type {
  IngressContext,
  IngressState,
  MissingValue,
  Problem,
  Rule,
  ServiceContext,
  ServiceState,
} from "./rule.ts";
import type { IngressSubject, IngressView, ServiceSubject, ServiceView, Subject } from "./subject.ts";

/** One rule's report, before policy and history say what becomes of it. */
export interface Report {
  readonly rule: Rule;
  readonly problem: Problem;
}

interface Known {
  readonly rules: readonly Rule[];
  readonly policy: Resolution;
  readonly facts: Facts;
  readonly missing: readonly MissingValue[];
}

/** Runs every rule on the subject, in the order of the list. */
export function evaluate(subject: Subject, known: Known): readonly Report[] {
  const reports: Report[] = [];
  if (subject.kind === "Service") {
    const context = serviceContext(subject, known);
    for (const rule of rulesFor("service", subject, known.rules)) add(reports, rule, rule.service?.(context));
  } else {
    const context = ingressContext(subject, known);
    for (const rule of rulesFor("ingress", subject, known.rules)) add(reports, rule, rule.ingress?.(context));
  }
  return reports;
}

/**
 * Runs every rule on a Service in each way in which its families may be allocated, a list of reports each. Only rules that
 * say that they read the families are asked more than once.
 */
export function evaluateAllocations(
  subject: ServiceSubject,
  allocations: readonly [ServiceView, ...ServiceView[]],
  known: Known,
): readonly (readonly Report[])[] {
  const [first, ...others] = allocations;
  const context = serviceContext({ ...subject, object: first }, known);
  const contexts = [context, ...others.map((service): ServiceContext => ({ ...context, service }))];
  const reports = contexts.map((): Report[] => []);
  for (const rule of rulesFor("service", subject, known.rules)) {
    const problems = rule.service?.(context);
    reports.forEach((list, index) => {
      const own = contexts[index];
      add(list, rule, index === 0 || rule.readsFamilies !== true || own === undefined ? problems : rule.service?.(own));
    });
  }
  return reports;
}

/** The same fault of the same value: what an update did not change. */
export function sameReport(report: Report): string {
  const { field, message, identity = `${field}\n${message}` } = report.problem;
  return `${report.rule.id}\n${identity}`;
}

/** Whether an injection that brings this report about is left out. */
export function blocksInjection({ rule, problem }: Report): boolean {
  return rule.blocksInjection ?? (problem.severity ?? rule.severity) === "deny";
}

type Check = "service" | "ingress";
/** By list, since tests and callers bring lists of their own; a list never changes. */
const sorted = new WeakMap<
  readonly Rule[],
  Readonly<Record<Check, { create: readonly Rule[]; update: readonly Rule[] }>>
>();

function rulesFor(check: Check, { old }: Subject, rules: readonly Rule[]): readonly Rule[] {
  let lists = sorted.get(rules);
  if (lists === undefined) {
    lists = { service: listsOf("service", rules), ingress: listsOf("ingress", rules) };
    sorted.set(rules, lists);
  }
  return lists[check][old === undefined ? "create" : "update"];
}

function listsOf(check: Check, rules: readonly Rule[]): { create: readonly Rule[]; update: readonly Rule[] } {
  const update = rules.filter((rule) => rule[check] !== undefined);
  return { update, create: update.filter(({ updatesOnly }) => updatesOnly !== true) };
}

function add(reports: Report[], rule: Rule, problems: readonly Problem[] | undefined): void {
  if (problems === undefined) return;
  for (const problem of problems) reports.push({ rule, problem });
}

function serviceContext(subject: ServiceSubject, known: Known): ServiceContext {
  const { profile } = known.facts;
  const old = subject.old && { ...serviceState(subject.old, known.facts), provisioned: isProvisioned(subject.old) };
  const controller = serviceController(subject.object, profile);
  const existing = old?.provisioned === true && old.controller.name === controller.name ? old.inForce : undefined;
  return {
    ...common(subject, known),
    service: subject.object,
    controller,
    inForce: serviceInForce(subject.object, controller, profile, existing),
    old,
  };
}

function ingressContext(subject: IngressSubject, known: Known): IngressContext {
  const old = subject.old && ingressState(subject.old, known.facts);
  return {
    ...common(subject, known),
    ...ingressState(subject.object, known.facts),
    old: old && subject.old && { ...old, provisioned: old.albClass !== undefined && isProvisioned(subject.old) },
  };
}

function common(subject: Subject, { policy, facts, missing }: Known) {
  const { operation, phase, namespace } = subject;
  return { operation, phase, namespace, facts, policy, missing };
}

function serviceState(service: ServiceView, { profile }: Facts): ServiceState {
  const controller = serviceController(service, profile);
  return { service, controller, inForce: serviceInForce(service, controller, profile) };
}

function ingressState(ingress: IngressView, { profile }: Facts): IngressState {
  const served = albClass(ingress, profile);
  return { ingress, albClass: served, inForce: ingressInForce(ingress, served, profile) };
}
