import { nlb } from "../annotations/catalog.ts";
import { parseBool, parseList } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const securityGroupsCannotBeAdded = defineRule({
  id: "security-groups-cannot-be-added",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "An NLB that was made without security groups keeps having none.",
  remediation: "To have security groups, create a second Service with them, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:110-112",
  onlyWith: [nlb.securityGroups, nlb.disableNlbSg],
  service,
});

function service({ service: { annotations }, inForce, facts, old }: ServiceContext): readonly Problem[] {
  const written = annotations[nlb.disableNlbSg];
  const disables = parsed(written);
  const mayHave = disables !== true && facts.profile.featureGates.NLBSecurityGroup;
  // What is in force can then only come from the load balancer that exists.
  if (!mayHave || inForce.securityGroups !== "none") return [];
  const consequence = "the NLB was made without security groups, and can be given none: this is ignored";
  const named = parseList(annotations[nlb.securityGroups] ?? "");
  if (named.length > 0) {
    return [{ field: annotationField(nlb.securityGroups), message: `${quote(named.join(", "))}: ${consequence}` }];
  }
  // That there is no annotation asks for nothing, unless one was just deleted.
  if (written === undefined && parsed(old?.service.annotations[nlb.disableNlbSg]) !== true) return [];
  const message = `${written === undefined ? "its deletion" : quote(written)} asks for security groups: ${consequence}`;
  return [{ field: annotationField(nlb.disableNlbSg), message }];
}

function parsed(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : parseBool(value);
}
