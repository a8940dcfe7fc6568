import { alb, nlb } from "../annotations/catalog.ts";
import { parseBool, parseMap } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const unreadableDeletionProtection = defineRule({
  id: "unreadable-deletion-protection",
  kinds: ["Service", "Ingress"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "The attribute deletion_protection.enabled of a load balancer is a boolean.",
  remediation: 'Write "deletion_protection.enabled=true" or "deletion_protection.enabled=false", or leave it out.',
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_builder.go:246-258",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_builder.go:297-308",
  },
  onlyWith: [nlb.attributes, alb.loadBalancerAttributes],
  service,
  ingress,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  return buildsNlb(controller) ? problems(nlb.attributes, annotations, "once made, the NLB cannot be deleted") : [];
}

/** The controller reads it of Ingresses that are being deleted (pkg/ingress/model_builder.go:297-308). */
function ingress({ ingress: { annotations }, classification }: IngressContext): readonly Problem[] {
  if (classification.outcome !== "served") return [];
  return problems(alb.loadBalancerAttributes, annotations, "the Ingress cannot be deleted");
}

function problems(key: string, annotations: Readonly<Record<string, string>>, consequence: string): readonly Problem[] {
  const value = parseMap(annotations[key] ?? "")?.get("deletion_protection.enabled");
  if (value === undefined || parseBool(value) !== undefined) return [];
  const message = `deletion_protection.enabled is ${quote(value)}, neither true nor false: ${consequence}`;
  return [{ field: annotationField(key), message }];
}
