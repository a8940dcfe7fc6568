import { alb, nlb } from "../annotations/catalog.ts";
import { asProblems } from "../decision/value-faults.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const loadBalancerNameTooLong = defineRule({
  id: "load-balancer-name-too-long",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The name of a load balancer has at most 32 bytes.",
  remediation: "Choose a shorter name, or delete the annotation to have the controller make one.",
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:582",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:115",
  },
  onlyWith: [nlb.name, alb.loadBalancerName],
  service,
  ingress,
});

function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value }): readonly Problem[] => {
    const message = key === nlb.name ? faultOf(value) : undefined;
    return message === undefined ? [] : [{ field: annotationField(key), message, ...asFarAsKnown(controller) }];
  });
}

function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    const message = each.key === alb.loadBalancerName ? faultOf(each.value) : undefined;
    return message === undefined ? [] : asProblems(context, each, [{ message }]);
  });
}

const longest = 32;

function faultOf(name: string): string | undefined {
  const bytes = new TextEncoder().encode(name).length;
  return bytes <= longest ? undefined : `${quote(name)} has ${bytes} bytes, ${longest} at most are allowed`;
}
