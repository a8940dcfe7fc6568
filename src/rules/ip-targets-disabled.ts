import { alb, nlb } from "../annotations/catalog.ts";
import { backendUse } from "../decision/ingress-use.ts";
import { annotationField, backendProblems, defineRule, ipTargetFault, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const ipTargetsDisabled = defineRule({
  id: "ip-targets-disabled",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "No load balancer has ip targets where the controller's feature gate EnableIPTargetType is off.",
  remediation: "Ask for instance targets, or have the operator switch the gate on.",
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:524-534",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:255-272",
  },
  onlyFor: ["no-ip-targets"],
  service,
  ingress,
});

/** Even where the type "nlb-ip" decides, the controller looks at what the annotation, or else its default, asks for. */
function service({ service: { annotations }, controller, facts: { profile } }: ServiceContext): readonly Problem[] {
  if (controller.name !== "aws-load-balancer-controller" || profile.featureGates.EnableIPTargetType) return [];
  const written = annotations[nlb.targetType];
  if ((written ?? profile.defaultTargetType) !== "ip") return [];
  const message = `${written === undefined ? 'the default "ip"' : quote(written)} ${refused}`;
  return [{ field: annotationField(nlb.targetType), message, identity: "ip targets" }];
}

/** A target group is not built for a Service that is missing. */
function ingress(context: IngressContext): readonly Problem[] {
  const {
    classification,
    facts,
    ingress: { annotations },
  } = context;
  if (facts.profile.featureGates.EnableIPTargetType || classification.outcome !== "served") return [];
  if (classification.controller !== "aws-load-balancer-controller") return [];
  const found = backendProblems(context, (backend) => {
    if (backend.service === undefined || backend.targetType !== "ip") return undefined;
    return ipTargetFault(context, backend, refused);
  });
  if (found.length > 0 || annotations[alb.targetType] !== "ip") return found;
  const isOpen = context.backends().some(({ targetType, isMissing }) => isMissing || targetType === undefined);
  if (!isOpen || backendUse(context) === "unread") return [];
  const field = annotationField(alb.targetType);
  return [{ field, message: `"ip" ${refused}`, identity: "ip targets", severity: "warn" }];
}

const refused = "is refused, since the controller's feature gate EnableIPTargetType is off";
