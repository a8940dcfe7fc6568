import { alb, nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const loadBalancerNameTooLong = defineRule({
  id: "load-balancer-name-too-long",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The name of a load balancer has at most 32 bytes.",
  remediation: "Choose a shorter name, or delete the annotation to have the controller make one.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:582",
  onlyWith: [nlb.name, alb.loadBalancerName],
  service,
  ingress,
});

function service(context: ServiceContext): readonly Problem[] {
  return problems(context).map((problem) => ({ ...problem, ...asFarAsKnown(context.controller) }));
}

/** IngressClassParams win over it, whatever it says: where a class has some, the value may never be read. */
function ingress(context: IngressContext): readonly Problem[] {
  const isOverruled = context.albClass?.hasParams === true;
  return problems(context).map((problem): Problem => (isOverruled ? { ...problem, severity: "warn" } : problem));
}

const longest = 32;

function problems({ read }: ServiceContext | IngressContext): readonly Problem[] {
  return read().flatMap(({ key, value }): readonly Problem[] => {
    if (key !== nlb.name && key !== alb.loadBalancerName) return [];
    const bytes = new TextEncoder().encode(value).length;
    if (bytes <= longest) return [];
    return [
      { field: annotationField(key), message: `${quote(value)} has ${bytes} bytes, ${longest} at most are allowed` },
    ];
  });
}
