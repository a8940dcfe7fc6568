import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const ipTargetsDisabled = defineRule({
  id: "ip-targets-disabled",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "No NLB asks for ip targets where the controller's feature gate EnableIPTargetType is off.",
  remediation: 'Set the annotation nlb-target-type to "instance", or have the operator switch the gate on.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:524-534",
  service,
});

/** Even where the type "nlb-ip" decides, the controller looks at what the annotation, or else its default, asks for. */
function service({ service: { annotations }, controller, facts: { profile } }: ServiceContext): readonly Problem[] {
  if (controller.name !== "aws-load-balancer-controller" || profile.featureGates.EnableIPTargetType) return [];
  const written = annotations[nlb.targetType];
  if ((written ?? profile.defaultTargetType) !== "ip") return [];
  const value = written === undefined ? 'the default "ip"' : quote(written);
  const message = `${value} is refused, since the controller's feature gate EnableIPTargetType is off`;
  return [{ field: annotationField(nlb.targetType), message, identity: "ip targets" }];
}
