import { alb, nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const subnetsEmpty = defineRule({
  id: "subnets-empty",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation for subnets names one at least.",
  remediation: "Name subnets by id or by Name tag, or delete the annotation to have the controller find them.",
  source: "AWS Load Balancer Controller 3.5, pkg/networking/subnet_resolver.go:493",
  onlyWith: [nlb.subnets, alb.subnets, alb.frontendNlbSubnets],
  service,
  ingress,
});

function service(context: ServiceContext): readonly Problem[] {
  return problems(context).map(({ problem }) => ({ ...problem, ...asFarAsKnown(context.controller) }));
}

/** IngressClassParams win over an ALB's subnets: where a class has some, the value may never be read. */
function ingress(context: IngressContext): readonly Problem[] {
  const hasParams = context.albClass?.hasParams === true;
  return problems(context).map(({ key, problem }): Problem =>
    hasParams && key === alb.subnets ? { ...problem, severity: "warn" } : problem,
  );
}

interface Found {
  readonly key: string;
  readonly problem: Problem;
}

const lists: ReadonlySet<string> = new Set([nlb.subnets, alb.subnets, alb.frontendNlbSubnets]);

function problems({ read }: ServiceContext | IngressContext): readonly Found[] {
  return read().flatMap(({ key, value }): readonly Found[] => {
    if (!lists.has(key) || parseList(value).length > 0) return [];
    const message = `${quote(value)} names no subnet, and keeps the controller from looking for any`;
    return [{ key, problem: { field: annotationField(key), message } }];
  });
}
