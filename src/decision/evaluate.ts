import type { Resolution } from "../policy/resolve.ts";
import { isProvisioned, serviceController } from "./controller.ts";
import type { Controller } from "./controller.ts";
import type { ExistingLoadBalancer, Facts } from "./facts.ts";
import { featuresOf } from "./features.ts";
import { serviceInForce } from "./in-force.ts";
import { ingressState } from "./ingress-state.ts";
import { listenersOf } from "./listeners.ts";
import { readOnService } from "./reading.ts";
import { rulesFor } from "./asked-rules.ts";
import { buildsNlb } from "./rule.ts";
import { bindingState } from "./binding-state.ts";
import type {
  BackendContext,
  BindingContext,
  IngressContext,
  IngressState,
  MissingValue,
  Problem,
  Rule,
  ServiceContext,
  ServiceState,
  ServiceUsers,
} from "./rule.ts";
import { usersOf } from "./service-users.ts";
import type {
  BindingSubject,
  IngressSubject,
  IngressView,
  ReviewedSubject,
  ServiceSubject,
  ServiceView,
} from "./subject.ts";

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
export function evaluate(subject: ReviewedSubject, known: Known): readonly Report[] {
  const reports: Report[] = [];
  const { annotations } = subject.object;
  const stored = subject.old?.annotations;
  switch (subject.kind) {
    case "Service": {
      if (!isPlainUpdate(subject)) {
        const context = serviceContext(subject, known);
        const features = featuresOf(subject, known);
        for (const { rule, check } of rulesFor(known.rules, "service", annotations, stored, features)) {
          add(reports, rule, check(context));
        }
      }
      const users = usersOf(subject, known.facts);
      if (users !== undefined) {
        const context = backendContext(subject, users, known);
        for (const { rule, check } of rulesFor(known.rules, "backend", annotations, stored, 0)) {
          add(reports, rule, check(context));
        }
      }
      break;
    }
    case "Ingress": {
      const context = ingressContext(subject, known);
      for (const { rule, check } of rulesFor(known.rules, "ingress", annotations, stored, 0)) {
        add(reports, rule, check(context));
      }
      break;
    }
    case "TargetGroupBinding": {
      const context = bindingContext(subject, known);
      for (const { rule, check } of rulesFor(known.rules, "binding", annotations, stored, 0)) {
        add(reports, rule, check(context));
      }
    }
  }
  return raised(reports, known);
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
  const reports: Report[] = [];
  const alternatives = others.map((service) => ({ context: withService(context, service), reports: [] as Report[] }));
  const { object, old } = subject;
  const asked = rulesFor(known.rules, "service", object.annotations, old?.annotations, featuresOf(subject, known));
  for (const { rule, check, readsFamilies } of asked) {
    const problems = check(context);
    // Nearly always: even to walk along nothing makes garbage, and this is done for each rule.
    if (problems.length === 0 && !readsFamilies) continue;
    add(reports, rule, problems);
    for (const other of alternatives) add(other.reports, rule, readsFamilies ? check(other.context) : problems);
  }
  return [reports, ...alternatives.map((other) => other.reports)].map((each) => raised(each, known));
}

/**
 * A warning that the policy turns into a refusal blocks an injection as any refusal does. A refusal that it turns into a warning,
 * or turns off, blocks all the same.
 */
function raised(reports: readonly Report[], { policy: { policy } }: Known): readonly Report[] {
  if (reports.length === 0 || policy === undefined) return reports;
  const { rules } = policy.spec;
  const isRaised = ({ rule: { id } }: Report): boolean => rules[id] === "Deny";
  if (!reports.some(isRaised)) return reports;
  return reports.map((report) =>
    isRaised(report) ? { rule: report.rule, problem: { ...report.problem, severity: "deny" } } : report,
  );
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

function add(reports: Report[], rule: Rule, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  for (const problem of problems) reports.push({ rule, problem });
}

/** No load balancer before nor after: only those who send traffic to the Service are concerned. */
function isPlainUpdate({ object, old }: ServiceSubject): boolean {
  return old !== undefined && old.type !== "LoadBalancer" && object.type !== "LoadBalancer";
}

function serviceContext({ operation, phase, namespace, object, old }: ServiceSubject, known: Known): ServiceContext {
  const { facts, policy, missing } = known;
  const stored = old && {
    ...serviceState(old, facts, serviceController(old, facts.profile), facts.existing),
    provisioned: isProvisioned(old),
  };
  const controller = serviceController(object, facts.profile);
  const lives = stored?.provisioned === true && stored.controller.name === controller.name;
  const existing = facts.existing ?? (lives ? existingOf(stored) : undefined);
  const { inForce, listeners, read } = serviceState(object, facts, controller, existing);
  // Field by field, here and below: objects that are put together by spreading are slow to make, and one is made for each trial.
  return {
    operation,
    phase,
    namespace,
    facts,
    policy,
    missing,
    service: object,
    controller,
    inForce,
    listeners,
    read,
    old: stored,
  };
}

/** The same context for a Service that differs in its families only. */
function withService(context: ServiceContext, service: ServiceView): ServiceContext {
  const { operation, phase, namespace, facts, policy, missing, controller, inForce, listeners, read, old } = context;
  return { operation, phase, namespace, facts, policy, missing, service, controller, inForce, listeners, read, old };
}

/** What the stored object says of its load balancer: most of what an NLB was made with cannot be changed later. */
function existingOf({ inForce: { scheme, securityGroups } }: ServiceState): ExistingLoadBalancer {
  return { scheme, hasSecurityGroups: securityGroups === undefined ? undefined : securityGroups !== "none" };
}

function ingressContext(subject: IngressSubject, known: Known): IngressContext {
  const { operation, phase, namespace, object, old } = subject;
  const { facts, policy, missing } = known;
  // Into the state itself: a copy would ask it for everything at once.
  const state = ingressState(subject, object, facts);
  const stored = old && ingressState(subject, old, facts);
  return Object.assign(state, {
    operation,
    phase,
    namespace,
    facts,
    policy,
    missing,
    old: stored && old && Object.assign(stored, { provisioned: isBuilt(stored, old) }),
  });
}

/** Whoever of the group has an address or the finalizer: it is the one load balancer of all. */
function isBuilt(stored: IngressState, old: IngressView): boolean {
  return stored.albClass !== undefined && (isProvisioned(old) || stored.group()?.isProvisioned() === true);
}

function bindingContext(subject: BindingSubject, { facts, policy, missing }: Known): BindingContext {
  const { operation, phase, namespace, object, old } = subject;
  return {
    ...bindingState(object.binding, facts),
    operation,
    phase,
    namespace,
    facts,
    policy,
    missing,
    old: old && bindingState(old.binding, facts),
  };
}

function backendContext(
  { operation, phase, namespace, object, old }: ServiceSubject,
  { ingresses, bindings }: ServiceUsers,
  { facts, policy, missing }: Known,
): BackendContext {
  return { operation, phase, namespace, facts, policy, missing, service: object, old, ingresses, bindings };
}

function serviceState(
  service: ServiceView,
  { profile }: Facts,
  controller: Controller = serviceController(service, profile),
  existing?: ExistingLoadBalancer,
): ServiceState {
  const inForce = serviceInForce(service, controller, profile, existing);
  const listeners = once(() => (buildsNlb(controller) ? listenersOf(service, profile) : []));
  const read = once(() => readOnService(service, controller, inForce, listeners, profile));
  return { service, controller, inForce, listeners, read };
}

/** Few rules ask for what most objects do not need. */
function once<T extends object>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}
