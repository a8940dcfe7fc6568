import { alb, nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { asProblems } from "../decision/value-faults.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const subnetNamedTwice = defineRule({
  id: "subnet-named-twice",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The subnets of a load balancer are named once each.",
  remediation: "Name each subnet once; a load balancer has one subnet in each zone.",
  source: "AWS Load Balancer Controller 3.5, pkg/networking/subnet_resolver.go:395",
  onlyWith: [nlb.subnets, alb.subnets, alb.frontendNlbSubnets],
  service,
  ingress,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  const message = buildsNlb(controller) ? faultOf(annotations[nlb.subnets] ?? "") : undefined;
  if (message === undefined) return [];
  return [{ field: annotationField(nlb.subnets), message, ...asFarAsKnown(controller) }];
}

function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    const isList = each.key === alb.subnets || each.key === alb.frontendNlbSubnets;
    const message = isList ? faultOf(each.value) : undefined;
    return message === undefined ? [] : asProblems(context, each, [{ message }]);
  });
}

/** By id only: several subnets may have the same Name tag, and then it is right to say it as often. */
function faultOf(subnets: string): string | undefined {
  const ids = parseList(subnets).filter((item) => item.startsWith("subnet-"));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return undefined;
  return `${quote(twice)} is named more than once, and the controller does not find as many subnets as are named`;
}
