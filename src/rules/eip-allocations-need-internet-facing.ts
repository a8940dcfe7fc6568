import { nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const eipAllocationsNeedInternetFacing = defineRule({
  id: "eip-allocations-need-internet-facing",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Elastic IP addresses are given to internet-facing NLBs only.",
  remediation: 'Set the annotation scheme to "internet-facing" if the NLB is meant to be public, or delete this one.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:330-333",
  onlyWith: [nlb.eipAllocations],
  service,
});

function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  // A list without items counts.
  if (!buildsNlb(controller) || annotations[nlb.eipAllocations] === undefined) return [];
  if (inForce.scheme !== "internal") return [];
  const message = "Elastic IP addresses are for internet-facing load balancers only, and this NLB is internal";
  return [{ field: annotationField(nlb.eipAllocations), message, ...asFarAsKnown(controller) }];
}
