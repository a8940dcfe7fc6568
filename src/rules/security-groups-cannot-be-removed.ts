import { nlb } from "../annotations/catalog.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const securityGroupsCannotBeRemoved = defineRule({
  id: "security-groups-cannot-be-removed",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "An NLB that was made with security groups keeps having some.",
  remediation:
    "Delete the annotation; to have an NLB without security groups, create a second Service with it, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:110-118",
  // An NLB from before controller version 2.6, or one that lost the annotation since, has none although nothing says so.
  confirmable: true,
  onlyWith: [nlb.disableNlbSg],
  onlyFor: ["no-nlb-security-groups"],
  service,
});

function service(context: ServiceContext): readonly Problem[] {
  const { service, inForce } = context;
  if (inForce.securityGroups !== "none" || !hasSecurityGroups(context)) return [];
  const field = annotationField(nlb.disableNlbSg);
  const written = service.annotations[nlb.disableNlbSg];
  const isSeen = context.facts.existing?.hasSecurityGroups !== undefined;
  const consequence = `${isSeen ? "" : "as far as the stored Service tells, "}the NLB was made with security groups, and the controller would not update it any more`;
  if (written !== undefined && parseBool(written) === true) {
    return [{ field, message: `${quote(written)} asks for no security groups: ${consequence}`, identity }];
  }
  const message = `the controller's feature gate NLBSecurityGroup is off: ${consequence}`;
  const remedy = "Have the feature gate NLBSecurityGroup switched on again.";
  return [{ field, message, remedy, identity }];
}

/** However it is asked for. */
const identity = "no security groups";

/** Where nobody looked, it was made as the stored object has it. */
function hasSecurityGroups({ controller, facts, old }: ServiceContext): boolean {
  if (facts.existing?.hasSecurityGroups !== undefined) return facts.existing.hasSecurityGroups;
  if (old?.provisioned !== true || old.controller.name !== controller.name) return false;
  return old.inForce.securityGroups === "managed" || old.inForce.securityGroups === "named";
}
