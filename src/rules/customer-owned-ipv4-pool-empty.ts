import { alb } from "../annotations/catalog.ts";
import { asProblems } from "../decision/value-faults.ts";
import { defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const customerOwnedIpv4PoolEmpty = defineRule({
  id: "customer-owned-ipv4-pool-empty",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation for a pool of customer-owned addresses names one.",
  remediation: "Name the pool by its id, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:360-383",
  onlyWith: [alb.customerOwnedIpv4Pool],
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    if (each.key !== alb.customerOwnedIpv4Pool || each.value !== "") return [];
    return asProblems(context, each, [{ message: "it is empty, and the controller does not take that for no pool" }]);
  });
}
