import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, ipTargetProblems } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const ipTargetsOnOverlayNetwork = defineRule({
  id: "ip-targets-on-overlay-network",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "Pods that are targets of a load balancer have addresses of the VPC.",
  remediation: 'Set the annotation nlb-target-type to "instance".',
  source: "https://github.com/gardener/gardener-extension-provider-aws/blob/v1.73.0/docs/usage/usage.md",
  onlyFor: ["overlay-network"],
  service,
  ingress(context) {
    return context.facts.profile.overlayNetwork === true ? ipTargetProblems(context, unreachable) : [];
  },
});

const unreachable = "which are those of an overlay network here, where the load balancer does not reach them";

function service({ service: { annotations }, controller, inForce, facts }: ServiceContext): readonly Problem[] {
  if (facts.profile.overlayNetwork !== true || inForce.targetType !== "ip") return [];
  const byType = annotations[nlb.type] === "nlb-ip" && controller.name === "aws-load-balancer-controller";
  const message = "the pods have addresses of an overlay network, which the NLB cannot reach";
  const problem = { field: annotationField(byType ? nlb.type : nlb.targetType), message, identity: "ip targets" };
  if (!byType) return [problem];
  const remedy = 'Write "external", and set the annotation nlb-target-type to "instance".';
  return [{ ...problem, remedy }];
}
