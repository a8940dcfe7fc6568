import { alb, nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { asProblems } from "../decision/value-faults.ts";
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

function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value }): readonly Problem[] => {
    if (key !== nlb.subnets || !isEmpty(value)) return [];
    return [{ field: annotationField(key), message: messageOn(value), ...asFarAsKnown(controller) }];
  });
}

function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    if ((each.key !== alb.subnets && each.key !== alb.frontendNlbSubnets) || !isEmpty(each.value)) return [];
    return asProblems(context, each, [{ message: messageOn(each.value) }]);
  });
}

function isEmpty(list: string): boolean {
  return parseList(list).length === 0;
}

function messageOn(value: string): string {
  return `${quote(value)} names no subnet, and keeps the controller from looking for any`;
}
