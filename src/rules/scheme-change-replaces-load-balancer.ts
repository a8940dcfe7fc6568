import { alb, nlb } from "../annotations/catalog.ts";
import { forbidsDeletion, wantsToStay } from "../annotations/deletion-protection.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { IngressContext, IngressState, Problem, ServiceContext } from "../decision/rule.ts";

export const schemeChangeReplacesLoadBalancer = defineRule({
  id: "scheme-change-replaces-load-balancer",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "update-hazard",
  summary: "The scheme of a load balancer that exists must stay: a change replaces it.",
  remediation:
    "Keep the scheme; to change it, create a second object with the other scheme, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_synthesizer.go:61-95",
  updatesOnly: true,
  confirmable: true,
  service({ service: { annotations }, controller, inForce, facts, old }) {
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    const [before, after] = [old.inForce.scheme, inForce.scheme];
    if (before === undefined || after === undefined) return [];
    if (controller.name === "cloud-controller-manager") {
      if (before === after) return [];
      const message = `the in-tree controller does not change the scheme of a load balancer that exists: it stays ${before}`;
      return [{ field: annotationField(nlb.internal), message, severity: "warn" }];
    }
    const keys = schemeKeys(controller);
    const known = facts.existing?.scheme !== undefined || firstWritten(keys, old.service.annotations) !== undefined;
    // Without any of them the scheme stays as it is.
    const key = firstWritten(keys, annotations);
    if (key === undefined) return [];
    if (before === after) return known ? [] : [perhapsReplaced(key)];
    const problem = replaced(key, before, after, known);
    if (controller.name !== "aws-load-balancer-controller" || !forbidsDeletion(annotations)) return [problem];
    return [{ ...problem, message: `${problem.message}; deletion protection does not prevent it` }];
  },
  ingress(context) {
    const { old } = context;
    const next = context.group();
    if (old === undefined || next === undefined) return [];
    const problems = next.changesFrom(old.group()).flatMap((change): readonly Problem[] => {
      const [before, after] = [change.before.scheme, change.after.scheme];
      if (before === undefined || after === undefined || before === after) return [];
      const field = schemeField(change.how, context, old);
      return [{ field, message: `${whose(change)}${consequence(before, after)}${despiteProtection(context)}` }];
    });
    if (problems.length > 0 || !old.provisioned || (next.isKnown() && old.group()?.isKnown() === true)) return problems;

    if (context.ingress.annotations[alb.scheme] === old.ingress.annotations[alb.scheme]) return [];
    const message =
      "unless IngressClassParams or another Ingress of the group decides the scheme, the load balancer is deleted and a new one made with another DNS name";
    return [{ field: annotationField(alb.scheme), message, severity: "warn" }];
  },
});

function replaced(key: string, before: string, after: string, known: boolean): Problem {
  const message = known
    ? consequence(before, after)
    : `to ${after}, unless the load balancer is so already${replacement}`;
  return { field: annotationField(key), message };
}

const replacement = ": the controller deletes the load balancer first, then makes a new one with another DNS name";

function consequence(before: string, after: string): string {
  return `from ${before} to ${after}${replacement}`;
}

/** A scheme that was removed stays in force, so that without an annotation only the default can be guessed. */
function perhapsReplaced(key: string): Problem {
  const message =
    "unless the load balancer has this scheme already, it is deleted and a new one made with another DNS name";
  return { field: annotationField(key), message, severity: "warn" };
}

/** The annotations that say the scheme, the stronger first. Auto Mode reads one of them. */
function schemeKeys({ name }: ServiceContext["controller"]): readonly string[] {
  return name === "eks-auto-mode" ? [nlb.scheme] : [nlb.scheme, nlb.internal];
}

function firstWritten(
  keys: readonly string[],
  annotations: ServiceContext["service"]["annotations"],
): string | undefined {
  return keys.find((key) => key in annotations);
}

type Change = ReturnType<GroupState["changesFrom"]>[number];
type GroupState = NonNullable<ReturnType<IngressContext["group"]>>;

/** Which load balancer it is, where others use it, too. */
function whose({ how, others }: Change): string {
  const count = others === 1 ? "another Ingress uses" : `${others} other Ingresses use`;
  switch (how) {
    case "within":
      return others === 0 ? "" : `the load balancer, which ${count} too, goes `;
    case "leaving":
      return `without this Ingress the load balancer that it leaves, and that ${count}, goes `;
    case "joining":
      return `with this Ingress the load balancer of its new group, which ${count}, goes `;
  }
}

function schemeField(how: Change["how"], { ingress: { annotations } }: IngressContext, old: IngressState): string {
  const isChanged = (key: string): boolean => annotations[key] !== old.ingress.annotations[key];
  if (how === "leaving") return isChanged(alb.groupName) ? annotationField(alb.groupName) : "spec.ingressClassName";
  if (isChanged(alb.scheme) || annotations[alb.scheme] !== undefined) return annotationField(alb.scheme);
  return "spec.ingressClassName";
}

/** The controller switches it off for this (load_balancer_synthesizer.go:69-80, 112-124). */
function despiteProtection({ ingress: { annotations } }: IngressContext): string {
  return wantsToStay(annotations) ? "; deletion protection does not prevent it" : "";
}
