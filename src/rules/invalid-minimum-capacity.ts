import { alb, nlb } from "../annotations/catalog.ts";
import { parseInteger, parseMap } from "../annotations/parse.ts";
import { asProblems } from "../decision/value-faults.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidMinimumCapacity = defineRule({
  id: "invalid-minimum-capacity",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The minimum capacity of a load balancer is a number of CapacityUnits.",
  remediation: 'Write one pair, as in "CapacityUnits=3000", or delete the annotation.',
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:512-516",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer_capacity_reservation.go:13-36",
  },
  onlyWith: [nlb.minimumLoadBalancerCapacity, alb.minimumLoadBalancerCapacity],
  service,
  ingress,
});

function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value }) =>
    key === nlb.minimumLoadBalancerCapacity
      ? [...keyFaults(key, value), ...valueFaults(key, value)].map((each) => ({ ...each, ...asFarAsKnown(controller) }))
      : [],
  );
}

/** Of an Ingress the controller does not check the value. */
function ingress(context: IngressContext): readonly Problem[] {
  return context
    .read()
    .flatMap((each) =>
      each.key === alb.minimumLoadBalancerCapacity ? asProblems(context, each, keyFaults(each.key, each.value)) : [],
    );
}

const unit = "CapacityUnits";

function keyFaults(key: string, raw: string): readonly Problem[] {
  const other = [...(parseMap(raw)?.keys() ?? [])].find((name) => name !== unit);
  if (other === undefined) return [];
  return [{ field: annotationField(key), message: `${quote(other)} is not "${unit}", the only key that is allowed` }];
}

function valueFaults(key: string, raw: string): readonly Problem[] {
  const value = parseMap(raw)?.get(unit);
  if (value === undefined || parseInteger(value, 32) !== undefined) return [];
  return [{ field: annotationField(key), message: `${quote(value)} is not an integer of 32 bits` }];
}
