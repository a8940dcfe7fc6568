import { alb, nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { asProblems } from "../decision/value-faults.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const securityGroupNamedTwice = defineRule({
  id: "security-group-named-twice",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The security groups of a load balancer are given once each by id.",
  remediation: "Give the id of each security group once.",
  source: "AWS Load Balancer Controller 3.5, pkg/networking/security_group_resolver.go:88-90",
  onlyWith: [nlb.securityGroups, alb.securityGroups, alb.frontendNlbSecurityGroups],
  service,
  ingress,
});

function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  if (inForce.securityGroups !== "named") return [];
  const message = faultOf(annotations[nlb.securityGroups] ?? "");
  if (message === undefined) return [];
  return [{ field: annotationField(nlb.securityGroups), message, ...asFarAsKnown(controller) }];
}

function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    const isList = each.key === alb.securityGroups || each.key === alb.frontendNlbSecurityGroups;
    const message = isList ? faultOf(each.value) : undefined;
    return message === undefined ? [] : asProblems(context, each, [{ message }]);
  });
}

/** By id only: the controller looks for a Name tag once, however often it is written. */
function faultOf(groups: string): string | undefined {
  const ids = parseList(groups).filter((item) => item.startsWith("sg-"));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return undefined;
  return `${quote(twice)} is given more than once, and the controller does not find as many security groups as are given`;
}
