import { alb, nlb } from "../annotations/catalog.ts";
import { useOf } from "../decision/ingress-use.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidLoadBalancerName = defineRule({
  id: "invalid-load-balancer-name",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "The name of a load balancer is one that AWS accepts.",
  remediation:
    'Use letters, digits and hyphens, with no hyphen at either end and no "internal-" in front, or delete the annotation to have the controller make a name.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
  onlyWith: [nlb.name, alb.loadBalancerName],
  service,
  ingress,
});

/** Whether Auto Mode reads a name, nobody says. */
function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value }): readonly Problem[] => {
    const fault = key === nlb.name ? faultOf(value) : undefined;
    return fault === undefined ? [] : [{ ...problem(key, value, fault), ...asFarAsKnown(controller) }];
  });
}

function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    const { key, value } = each;
    const fault = key === alb.loadBalancerName ? faultOf(value) : undefined;
    if (fault === undefined) return [];
    // IngressClassParams that are not known may have another one.
    const isCertain = useOf(context, each) === "read";
    return [isCertain ? problem(key, value, fault) : { ...problem(key, value, fault), severity: "warn" }];
  });
}

function problem(key: string, value: string, fault: string): Problem {
  return { field: annotationField(key), message: `AWS refuses the name ${quote(value)}: ${fault}` };
}

function faultOf(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (!/^[A-Za-z0-9-]+$/.test(name)) return "only letters, digits and hyphens are allowed";
  if (name.startsWith("-") || name.endsWith("-")) return "it begins or ends with a hyphen";
  return name.startsWith("internal-") ? 'it begins with "internal-"' : undefined;
}
