import { alb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote, useProblems } from "../decision/rule.ts";
import type { BackendContext, Problem } from "../decision/rule.ts";

export const backendTargetTypeRefused = defineRule({
  id: "backend-target-type-refused",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "The target type that a Service states for the ALBs in front of it is one that the controller takes.",
  remediation: 'Write "ip" or "instance", or delete the annotation, so that the Ingress decides.',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:255-272",
  onlyWith: [alb.targetType],
  backend,
});

function backend({ service, ingresses, facts }: BackendContext): readonly Problem[] {
  const value = service.annotations[alb.targetType];
  if (value === undefined) return [];
  const isGateOff = value === "ip" && !facts.profile.featureGates.EnableIPTargetType;
  if (value === "instance" || (value === "ip" && !isGateOff)) return [];
  const fault = isGateOff
    ? '"ip" is not allowed while the feature gate EnableIPTargetType is off'
    : `${quote(value)} is not allowed, only "instance", "ip"`;
  return useProblems(ingresses, ({ name, controller, hasTargetTypeByParams }) => {
    if (hasTargetTypeByParams === true || (isGateOff && controller.name === "eks-auto-mode")) return [];
    const message = `${fault}: the controller then changes nothing of the whole group of Ingress ${quote(name)}`;
    const problem = { field: annotationField(alb.targetType), message };
    // IngressClassParams that are not known may set the type, and then nobody reads the annotation.
    return [hasTargetTypeByParams === undefined ? { ...problem, severity: "warn" } : problem];
  });
}
