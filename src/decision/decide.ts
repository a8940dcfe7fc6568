import { confirmAnnotation, injectedAnnotation, injectKey } from "../annotations/own.ts";
import { parseList } from "../annotations/parse.ts";
import { resolvePolicy } from "../policy/resolve.ts";
import type { PolicySet, Resolution } from "../policy/resolve.ts";
import { rules as allRules } from "../rules/index.ts";
import { serviceController } from "./controller.ts";
import { evaluate, sameReport } from "./evaluate.ts";
import type { Report } from "./evaluate.ts";
import { bindingController } from "./binding-state.ts";
import type { ControllerName, Facts } from "./facts.ts";
import { ingressState } from "./ingress-state.ts";
import { optsOut, plan } from "./inject.ts";
import { targetField, withInjections } from "./injection.ts";
import type { Injection, LeftOut, Target } from "./injection.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { provenanceChange } from "./provenance.ts";
import type { ProvenanceChange } from "./provenance.ts";
import { sourceOf } from "./rule.ts";
import type { Excuse, Finding, MissingValue, Rule } from "./rule.ts";
import { usersOf } from "./service-users.ts";
import { inShadow, isShadow } from "./shadow.ts";
import type { ReviewedSubject, ServiceSubject, Subject } from "./subject.ts";
import { unallocated } from "./unallocated.ts";

/** What is to be done about one request. Plain data: text for people is made at the edges. */
export interface Decision {
  /** Why nothing was judged, or undefined where it was. */
  readonly untouched: Untouched | undefined;
  /** Who builds the load balancer, after the injections; undefined where none is asked for. */
  readonly controller: ControllerName | undefined;
  readonly policy: Resolution;
  readonly injections: readonly Injection[];
  readonly leftOut: readonly LeftOut[];
  /** Warnings that go with what is injected. */
  readonly cautions: readonly string[];
  readonly provenance: ProvenanceChange;
  /** In the order of the rule list. */
  readonly findings: readonly Finding[];
}

export type Untouched =
  /** The installation does not reach the namespace, or the namespace opted out. */
  | "out-of-scope"
  /** It is being deleted: only finalizers and clean-up follow. */
  | "terminating"
  /**
   * Neither a Service of type LoadBalancer, nor an Ingress of an ALB class, nor an author's TargetGroupBinding, nor an edit of a
   * Service behind one of these.
   */
  | "not-ours"
  /** The policy's mode is Off. */
  | "policy-off";

/**
 * The one function behind the webhook, the preview and every other reader. Pure.
 *
 * In the mutating phase findings are about the object as it will be with the injections; in the validating phase about the
 * object as it is, and what should have been injected and was not is in the findings of `policy-not-applied`.
 */
export function decide(
  given: ReviewedSubject,
  policies: PolicySet,
  facts: Facts,
  rules: readonly Rule[] = allRules,
): Decision {
  const policy = resolvePolicy(policies, facts.namespaceLabels);
  const subject = given.phase === "mutating" ? afterServiceMutator(given, facts) : given;
  const untouched = whyUntouched(subject, policy, facts);
  if (untouched !== undefined) return { ...nothing, policy, untouched };

  const input = { rules, policy, facts };
  return subject.phase === "mutating" ? mutation(subject, input) : validation(subject, input);
}

/** The findings that refuse the request. */
export function denials(decision: Decision): readonly Finding[] {
  return decision.findings.filter(({ severity, excused }) => severity === "deny" && excused === undefined);
}

function mutation(subject: Subject, input: PlanInput): Decision {
  const planned = plan(subject, input);
  const { injections, after, leftOut, cautions, reports } = planned;
  const decision: Decision = {
    untouched: undefined,
    controller: controllerOf(isShadow(input) ? subject : after, input.facts),
    policy: input.policy,
    injections,
    leftOut,
    cautions,
    provenance: provenanceOf(subject, planned, input),
    findings: findings(subject, reports(), input),
  };
  return isShadow(input) ? inShadow(decision) : decision;
}

/** Nothing is changed any more: the object is judged as it is, or in mode Warn as it would be. */
function validation(subject: ReviewedSubject, input: PlanInput): Decision {
  const missing = missingValues(subject, input);
  const reports = evaluate(isShadow(input) ? wouldBecome(subject, input) : subject, { ...input, missing });
  return {
    untouched: undefined,
    controller: controllerOf(subject, input.facts),
    policy: input.policy,
    injections: [],
    leftOut: [],
    cautions: [],
    provenance: { action: "keep" },
    findings: findings(subject, reports, input),
  };
}

const nothing: Omit<Decision, "policy" | "untouched"> = {
  controller: undefined,
  injections: [],
  leftOut: [],
  cautions: [],
  provenance: { action: "keep" },
  findings: [],
};

/**
 * The AWS Load Balancer Controller's own webhook gives each new Service without a class its own, whatever the annotations say
 * (webhooks/core/service_mutator.go:39-55). In a cluster it has done so before us; a preview has to know.
 */
function afterServiceMutator<S extends ReviewedSubject>(subject: S, { profile }: Facts): S {
  if (subject.kind !== "Service" || subject.old !== undefined || profile.serviceMutator !== true) return subject;
  const { object } = subject;
  if (object.type !== "LoadBalancer" || object.loadBalancerClass !== undefined) return subject;
  return { ...subject, object: { ...object, loadBalancerClass: profile.loadBalancerClass } };
}

function whyUntouched(subject: ReviewedSubject, policy: Resolution, facts: Facts): Untouched | undefined {
  if (!inScope(subject.namespace, facts)) return "out-of-scope";
  // By the stored object: the API server ignores what a client writes there (facts of rest/update.go:136-148).
  if (subject.old?.terminating === true) return "terminating";
  if (!isOurs(subject, facts)) return "not-ours";
  return policy.policy?.spec.mode === "Off" ? "policy-off" : undefined;
}

/** The same as the webhook configurations' namespace selectors. */
function inScope(namespace: string, { install, namespaceLabels }: Facts): boolean {
  if (install.excludedNamespaces.includes(namespace)) return false;
  const label = namespaceLabels[injectKey];
  return install.scope === "OptIn" ? label === "enabled" : label !== "disabled";
}

/** An update that leaves our kind counts: its load balancer may stay behind. */
function isOurs(subject: ReviewedSubject, facts: Facts): boolean {
  switch (subject.kind) {
    case "Service":
      return asksForLoadBalancer(subject) || usersOf(subject, facts) !== undefined;
    case "Ingress":
      return [subject.object, subject.old].some(
        (view) => view !== undefined && ingressState(subject, view, facts).classification.outcome !== "not-served",
      );
    case "TargetGroupBinding":
      return !subject.object.binding.isControllers;
  }
}

function asksForLoadBalancer({ object, old }: ServiceSubject): boolean {
  return object.type === "LoadBalancer" || old?.type === "LoadBalancer";
}

function controllerOf(subject: ReviewedSubject, facts: Facts): ControllerName | undefined {
  switch (subject.kind) {
    case "Service":
      return asksForLoadBalancer(subject) ? serviceController(subject.object, facts.profile).name : undefined;
    case "Ingress": {
      const { classification } = ingressState(subject, subject.object, facts);
      switch (classification.outcome) {
        case "served":
          return classification.controller;
        case "invalid":
          return "nobody";
        case "not-served":
          return "other";
      }
    }
    case "TargetGroupBinding":
      return bindingController(subject.object.binding).name;
  }
}

/**
 * What the mutating webhook would still inject when a load balancer is first asked for. It saw the object before
 * allocation, with or without some of what is allocated now: only what it would have injected in either case is missing.
 */
function missingValues(subject: ReviewedSubject, input: PlanInput): readonly MissingValue[] {
  if (subject.kind === "TargetGroupBinding") return [];
  const { old } = subject;
  const first =
    subject.kind === "Service"
      ? subject.object.type === "LoadBalancer" && (old === undefined || subject.old?.type !== "LoadBalancer")
      : old === undefined;
  if (!first || input.policy.policy?.spec.mode !== "Enforce") return [];
  const now = plan(subject, input).injections;
  if (now.length === 0 || subject.kind === "Ingress") return now.map(missingValue);
  const unallocatedSubject = { ...subject, phase: "mutating", object: unallocated(subject.object) } as const;
  const before = plan(unallocatedSubject, { ...input, facts: asTold(input.facts) }).injections;
  return now.filter(({ target }) => before.some((injection) => injection.target === target)).map(missingValue);
}

/** What is detected was perhaps not known yet to the replica that mutated. */
function asTold(facts: Facts): Facts {
  return { ...facts, profile: { ...facts.profile, detectedFamilies: undefined } };
}

/** The object as the validating webhook would see it in mode Enforce: with what the mutating one would have injected. */
function wouldBecome(subject: ReviewedSubject, input: PlanInput): ReviewedSubject {
  if (subject.kind === "TargetGroupBinding") return subject;
  if (subject.kind === "Ingress")
    return withInjections(subject, plan({ ...subject, phase: "mutating" }, input).injections);
  // An author who writes the families of a new Service is rare, and where the cluster's are known it makes no difference.
  const object = subject.old === undefined ? unallocated(subject.object) : subject.object;
  return withInjections(subject, plan({ ...subject, phase: "mutating", object }, input).injections);
}

function missingValue({ target, value }: Injection): MissingValue {
  return { field: targetField(target), value };
}

function provenanceOf(subject: Subject, planned: Plan, input: PlanInput): ProvenanceChange {
  if (!isOursNow(subject, input.facts)) return { action: "keep" };
  if (optsOut(subject)) {
    // A list that the author made up would be trusted as the stored one's as soon as the opt-out is gone.
    const stored = subject.old?.annotations[injectedAnnotation];
    const forged = stored === undefined && injectedAnnotation in subject.object.annotations;
    return { action: forged ? "remove" : "keep" };
  }
  const replan = (without: readonly Target[]): readonly Injection[] =>
    plan(withoutTargets(subject, without), input).injections;
  return provenanceChange(subject, planned, input.policy.policy?.metadata.name, replan);
}

/** Provenance is ours to correct only where we would inject: on load balancers of controllers that we know. */
function isOursNow(subject: Subject, facts: Facts): boolean {
  const controller = controllerOf(subject, facts);
  return subject.kind === "Service"
    ? subject.object.type === "LoadBalancer" && controller !== "other"
    : controller !== "other";
}

function withoutTargets(subject: Subject, targets: readonly Target[]): Subject {
  const annotations = Object.fromEntries(
    Object.entries(subject.object.annotations).filter(([key]) => !targets.includes(key)),
  );
  if (subject.kind === "Ingress") return { ...subject, object: { ...subject.object, annotations } };
  const { loadBalancerClass } = subject.object;
  const dropped = targets.includes("spec.loadBalancerClass");
  return {
    ...subject,
    object: { ...subject.object, annotations, loadBalancerClass: dropped ? undefined : loadBalancerClass },
  };
}

function findings(subject: ReviewedSubject, reports: readonly Report[], known: PlanInput): readonly Finding[] {
  if (reports.length === 0) return [];
  const already = alreadyThere(subject, known);
  const confirmed = confirmations(subject);
  const overrides = known.policy.policy?.spec.rules ?? {};
  const shadow = isShadow(known);

  return reports.flatMap((report): readonly Finding[] => {
    const { rule, problem } = report;
    const override = Object.hasOwn(overrides, rule.id) ? overrides[rule.id] : undefined;
    if (override === "Off") return [];
    const severity =
      override === undefined ? (problem.severity ?? rule.severity) : override === "Deny" ? "deny" : "warn";
    const { field, message, remedy = rule.remediation } = problem;
    // A confirmation counts in the update that adds it: a creation cannot have one.
    const confirmable = rule.confirmable === true && subject.old !== undefined;
    const excused: Excuse | undefined = already.has(sameReport(report))
      ? "existing"
      : confirmable && confirmed.has(rule.id)
        ? "confirmed"
        : shadow
          ? "shadow"
          : undefined;
    const source = rule.basis === "policy" ? undefined : sourceOf(rule, subject.kind);
    return [{ rule: rule.id, severity, field, message, remedy, confirmable, source, excused }];
  });
}

/** What the stored object is guilty of, judged by today's policy and facts. */
function alreadyThere(subject: ReviewedSubject, known: PlanInput): ReadonlySet<string> {
  const stored = storedAlone(subject);
  return new Set(stored === undefined ? [] : evaluate(stored, { ...known, missing: [] }).map(sameReport));
}

function storedAlone(subject: ReviewedSubject): ReviewedSubject | undefined {
  switch (subject.kind) {
    case "Service":
      return subject.old && { ...subject, object: subject.old, old: undefined };
    case "Ingress":
      return subject.old && { ...subject, object: subject.old, old: undefined };
    case "TargetGroupBinding":
      return subject.old && { ...subject, object: subject.old, old: undefined };
  }
}

/** Rule ids that this update adds to dualstack.dev/confirm: one that is left in Git approves nothing later. */
function confirmations({ object, old }: ReviewedSubject): ReadonlySet<string> {
  if (old === undefined) return new Set();
  const before = parseList(old.annotations[confirmAnnotation] ?? "");
  return new Set(parseList(object.annotations[confirmAnnotation] ?? "").filter((id) => !before.includes(id)));
}
