import { alb, ingressClassAnnotation } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const annotationNoLongerAccepted = defineRule({
  id: "annotation-no-longer-accepted",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation that the controller is told to refuse is not newly used.",
  remediation: "Delete the annotation: the cluster's operator has the IngressClass decide it.",
  source: "AWS Load Balancer Controller 3.5, webhooks/networking/ingress_validator.go:132-182",
  onlyWith: [ingressClassAnnotation, alb.groupName],
  ingress: (context) => [...classAnnotation(context), ...groupName(context)],
});

/** An Ingress that had one of the controller's class annotations may keep it, and even take the other one. */
function classAnnotation({ classification, ingress, facts, old }: IngressContext): readonly Problem[] {
  if (!facts.profile.disableIngressClassAnnotation || !isByAnnotation(classification)) return [];
  if (old !== undefined && isByAnnotation(old.classification)) return [];
  const value = quote(ingress.annotations[ingressClassAnnotation] ?? "");
  const message = `${value} is refused by the controller's webhook, whose flag --disable-ingress-class-annotation is set`;
  const remedy = "Delete it, and name an IngressClass in spec.ingressClassName.";
  return [{ field: annotationField(ingressClassAnnotation), message, remedy, identity: "class annotation" }];
}

function isByAnnotation(classification: IngressContext["classification"]): boolean {
  return classification.outcome === "served" && classification.by === "annotation";
}

function groupName({ classification, ingress, facts, old }: IngressContext): readonly Problem[] {
  const value = ingress.annotations[alb.groupName];
  if (!facts.profile.disableIngressGroupNameAnnotation || value === undefined) return [];
  if (classification.outcome !== "served" || classification.controller !== "aws-load-balancer-controller") return [];
  if (old?.ingress.annotations[alb.groupName] === value) return [];
  const message = `${quote(value)} is refused by the controller's webhook, whose flag --disable-ingress-group-name-annotation is set`;
  const remedy = "Delete it, and use an IngressClass whose IngressClassParams name the group.";
  return [{ field: annotationField(alb.groupName), message, remedy }];
}
