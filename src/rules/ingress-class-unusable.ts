import { defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const ingressClassUnusable = defineRule({
  id: "ingress-class-unusable",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The IngressClass of an Ingress exists, and its IngressClassParams can be used in the namespace.",
  remediation: "Name an IngressClass that exists and is meant for this namespace, or have the operator set it right.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/class_loader.go:54-148",
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const { classification } = context;
  if (classification.outcome !== "invalid" || isAnybodys(context)) return [];
  const message = `${classification.problem}: no controller builds a load balancer`;
  return [{ field: "spec.ingressClassName", message, ...(mayComeRight(context) ? { severity: "warn" } : {}) }];
}

/**
 * There are controllers that look at the name alone, and need no IngressClass. Only where the AWS controller is known to run is a
 * class that is missing nobody's: its own webhook refuses such an Ingress, whoever it is for (ingress_validator.go:186-210).
 */
function isAnybodys({ ingress: { ingressClassName }, facts: { cluster, profile } }: IngressContext): boolean {
  if (ingressClassName === undefined || cluster?.ingressClass(ingressClassName) !== undefined) return false;
  const isTold = profile.albClasses.some(({ name }) => name === ingressClassName);
  return !isTold && profile.controllers?.includes("aws-load-balancer-controller") !== true;
}

/** What is not certain to be wrong, or for long. Helm creates IngressClassParams last of all, and the controller picks them up. */
function mayComeRight({ ingress: { ingressClassName }, facts: { cluster, profile } }: IngressContext): boolean {
  if (cluster === undefined) return true;
  const defaults = ingressClassName === undefined ? [...cluster.ingressClasses()].filter((each) => each.isDefault) : [];
  if (defaults.length > 1) return false;
  const used = ingressClassName === undefined ? defaults[0] : cluster.ingressClass(ingressClassName);
  if (used === undefined) return profile.controllers?.includes("aws-load-balancer-controller") !== true;
  if (used.controller === "eks.amazonaws.com/alb") return true;
  const { apiGroup, kind, name = "" } = used.parameters ?? {};
  const isKnownKind = apiGroup === "elbv2.k8s.aws" && kind === "IngressClassParams";
  return isKnownKind && cluster.ingressClassParams(apiGroup, name) === undefined;
}
