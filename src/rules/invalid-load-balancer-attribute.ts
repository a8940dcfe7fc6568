import { alb, nlb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
import { asProblems } from "../decision/value-faults.ts";
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
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:521-549",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_frontend_nlb.go:237-249",
  },
  onlyWith: [nlb.attributes, alb.frontendNlbAttributes],
  service,
  ingress,
});

function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value }): readonly Problem[] => {
    const message = key === nlb.attributes ? faultOf(value) : undefined;
    return message === undefined ? [] : [{ field: annotationField(key), message, ...asFarAsKnown(controller) }];
  });
}

function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    const message = each.key === alb.frontendNlbAttributes ? faultOf(each.value) : undefined;
    return message === undefined ? [] : asProblems(context, each, [{ message }]);
  });
}

const policies = ["any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity"];

function faultOf(attributes: string): string | undefined {
  const policy = parseMap(attributes)?.get("dns_record.client_routing_policy");
  if (policy === undefined || policies.includes(policy)) return undefined;
  return `dns_record.client_routing_policy is ${quote(policy)}, which is none of the three policies`;
}
