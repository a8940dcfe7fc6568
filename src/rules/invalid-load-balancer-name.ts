import { alb, nlb } from "../annotations/catalog.ts";
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
function service(context: ServiceContext): readonly Problem[] {
  return problems(context).map((problem) => ({ ...problem, ...asFarAsKnown(context.controller) }));
}

/** IngressClassParams win over it, whatever it says: where a class has some, the value may never be read. */
function ingress(context: IngressContext): readonly Problem[] {
  const isOverruled = context.albClass?.hasParams === true;
  return problems(context).map((problem): Problem => (isOverruled ? { ...problem, severity: "warn" } : problem));
}

function problems({ read }: ServiceContext | IngressContext): readonly Problem[] {
  return read().flatMap(({ key, value }): readonly Problem[] => {
    const fault = key === nlb.name || key === alb.loadBalancerName ? faultOf(value) : undefined;
    if (fault === undefined) return [];
    return [{ field: annotationField(key), message: `AWS refuses the name ${quote(value)}: ${fault}` }];
  });
}

function faultOf(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (!/^[A-Za-z0-9-]+$/.test(name)) return "only letters, digits and hyphens are allowed";
  if (name.startsWith("-") || name.endsWith("-")) return "it begins or ends with a hyphen";
  return name.startsWith("internal-") ? 'it begins with "internal-"' : undefined;
}
