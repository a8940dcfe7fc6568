import { alb, nlb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidLoadBalancerAttribute = defineRule({
  id: "invalid-load-balancer-attribute",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The attribute dns_record.client_routing_policy of an NLB has one of its three values.",
  remediation:
    'Write "any_availability_zone", "partial_availability_zone_affinity" or "availability_zone_affinity", or leave the attribute out.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:521-549",
  onlyWith: [nlb.attributes, alb.frontendNlbAttributes],
  service,
  ingress: problems,
});

function service(context: ServiceContext): readonly Problem[] {
  return problems(context).map((problem) => ({ ...problem, ...asFarAsKnown(context.controller) }));
}

const policies = ["any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity"];

function problems({ read }: ServiceContext | IngressContext): readonly Problem[] {
  return read().flatMap(({ key, value }): readonly Problem[] => {
    if (key !== nlb.attributes && key !== alb.frontendNlbAttributes) return [];
    const policy = parseMap(value)?.get("dns_record.client_routing_policy");
    if (policy === undefined || policies.includes(policy)) return [];
    const message = `dns_record.client_routing_policy is ${quote(policy)}, which is none of the three policies`;
    return [{ field: annotationField(key), message }];
  });
}
