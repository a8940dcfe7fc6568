import { alb, nlb } from "../annotations/catalog.ts";
import { isMembershipKnown } from "../decision/ingress-use.ts";
import { parseList } from "../annotations/parse.ts";
import { asProblems } from "../decision/value-faults.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const eipAllocationsNeedInternetFacing = defineRule({
  id: "eip-allocations-need-internet-facing",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "Elastic IP addresses are given to internet-facing NLBs only.",
  remediation: 'Set the annotation scheme to "internet-facing" if the NLB is meant to be public, or delete this one.',
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:330-333",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_frontend_nlb.go:143-146",
  },
  onlyWith: [nlb.eipAllocations, alb.frontendNlbEipAllocations],
  service,
  ingress,
});

function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  // A list without items counts.
  if (!buildsNlb(controller) || annotations[nlb.eipAllocations] === undefined) return [];
  if (inForce.scheme !== "internal") return [];
  return [{ field: annotationField(nlb.eipAllocations), message, ...asFarAsKnown(controller) }];
}

/** The scheme is that of the NLB in front, which does not follow the ALB. */
function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    if (each.key !== alb.frontendNlbEipAllocations || context.group()?.values().frontendScheme !== "internal")
      return [];
    const remedy = 'Set frontend-nlb-scheme to "internet-facing" if the NLB is meant to be public, or delete this one.';
    // An Ingress that nobody knows may state the scheme, and what becomes of an empty list nobody has seen.
    const isSchemeKnown = alb.frontendNlbScheme in context.ingress.annotations || isMembershipKnown(context);
    const isOpen = parseList(each.value).length === 0 || !isSchemeKnown;
    return asProblems(context, each, [{ message, remedy, ...(isOpen ? { severity: "warn" } : {}) }]);
  });
}

const message = "Elastic IP addresses are for internet-facing load balancers only, and this NLB is internal";
