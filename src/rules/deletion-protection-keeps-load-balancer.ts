import { nlb } from "../annotations/catalog.ts";
import { forbidsDeletion } from "../annotations/deletion-protection.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const deletionProtectionKeepsLoadBalancer = defineRule({
  id: "deletion-protection-keeps-load-balancer",
  kinds: ["Service"],
  severity: "warn",
  basis: "controller",
  summary: "A Service that the AWS Load Balancer Controller no longer serves lets it delete the NLB.",
  remediation:
    'Write "deletion_protection.enabled=false" there if the NLB is no longer in use, or give the Service back to the controller.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_builder.go:246-258",
  onlyWith: [nlb.attributes],
  service,
});

/** Of the update that takes the Service away from the controller, the rules on that say it. */
function service({ service: { annotations, finalizers }, controller, old }: ServiceContext): readonly Problem[] {
  if (controller.name === "aws-load-balancer-controller" || old?.controller.name === "aws-load-balancer-controller") {
    return [];
  }
  if (!finalizers.includes(finalizer) || !forbidsDeletion(annotations)) return [];
  const message = `${quote(annotations[nlb.attributes] ?? "")} keeps the NLB from being deleted, which the AWS Load Balancer Controller tries again and again since it no longer serves this Service`;
  return [{ field: annotationField(nlb.attributes), message }];
}

/** The controller's own: it has built something, and has not cleaned up yet. */
const finalizer = "service.k8s.aws/resources";
