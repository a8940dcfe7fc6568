import { nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const securityGroupNamedTwice = defineRule({
  id: "security-group-named-twice",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "The security groups of an NLB are given once each by id.",
  remediation: "Give the id of each security group once.",
  source: "AWS Load Balancer Controller 3.5, pkg/networking/security_group_resolver.go:88-90",
  onlyWith: [nlb.securityGroups],
  service,
});

/** By id only: the controller looks for a Name tag once, however often it is written. */
function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  if (inForce.securityGroups !== "named") return [];
  const ids = parseList(annotations[nlb.securityGroups] ?? "").filter((item) => item.startsWith("sg-"));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return [];
  const message = `${quote(twice)} is given more than once, and the controller does not find as many security groups as are given`;
  return [{ field: annotationField(nlb.securityGroups), message, ...asFarAsKnown(controller) }];
}
