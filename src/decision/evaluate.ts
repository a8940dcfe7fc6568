import type { Resolution } from "../policy/resolve.ts";
import { albClass, isProvisioned, serviceController } from "./controller.ts";
import type { Facts } from "./facts.ts";
import { ingressInForce, serviceInForce } from "./in-force.ts";
import type { IngressState, MissingValue, Problem, Rule, ServiceState } from "./rule.ts";
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
  return subject.kind === "Service" ? evaluateService(subject, known) : evaluateIngress(subject, known);
}

/** The same fault of the same value: what an update did not change. */
export function sameReport(report: Report): string {
  return `${report.rule.id}\n${report.problem.field}\n${report.problem.message}`;
}

/** Whether an injection that brings this report about is left out. */
export function blocksInjection({ rule, problem }: Report): boolean {
  return rule.blocksInjection ?? (problem.severity ?? rule.severity) === "deny";
}

function evaluateService(subject: ServiceSubject, known: Known): readonly Report[] {
  const { profile } = known.facts;
  const old = subject.old && { ...serviceState(subject.old, known.facts), provisioned: isProvisioned(subject.old) };
  const controller = serviceController(subject.object, profile);
  const existing = old?.provisioned === true && old.controller.name === controller.name ? old.inForce : undefined;
  const context = {
    ...common(subject, known),
    service: subject.object,
    controller,
    inForce: serviceInForce(subject.object, controller, profile, existing),
    old,
  };
  return known.rules.flatMap((rule) => rule.service?.(context).map((problem) => ({ rule, problem })) ?? []);
}

function evaluateIngress(subject: IngressSubject, known: Known): readonly Report[] {
  const old = subject.old && ingressState(subject.old, known.facts);
  const context = {
    ...common(subject, known),
    ...ingressState(subject.object, known.facts),
    old: old && subject.old && { ...old, provisioned: old.albClass !== undefined && isProvisioned(subject.old) },
  };
  return known.rules.flatMap((rule) => rule.ingress?.(context).map((problem) => ({ rule, problem })) ?? []);
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
