import { alb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote, targetTypeBy } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const targetTypeOverruledByService = defineRule({
  id: "target-type-overruled-by-service",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "A target-type of an Ingress holds for one of the Services behind it at least.",
  remediation:
    "Change the target-type of the Services, which holds for all Ingresses that send to them; or delete it here.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:164",
  onlyWith: [alb.targetType],
  blocksInjection: true,
  ingress,
});

/** What other Services take from the Ingress may well be meant for those only. */
function ingress(context: IngressContext): readonly Problem[] {
  const written = context.ingress.annotations[alb.targetType];
  const backends = context.backends();
  if (written === undefined || backends.length === 0) return [];
  if (!backends.every((backend) => targetTypeBy(context, backend) === "service")) return [];
  const other = backends.find(({ targetType }) => targetType !== undefined && targetType !== written);
  if (other === undefined) return [];
  const message = `${quote(written)} is ignored: each Service behind the Ingress states a target-type itself, such as ${quote(other.target.service)} "${other.targetType}"`;
  return [{ field: annotationField(alb.targetType), message, identity: "overruled" }];
}
