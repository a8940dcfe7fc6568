import { defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const policyNotApplied = defineRule({
  id: "policy-not-applied",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "policy",
  summary:
    "A new load balancer must have the values that the policy injects, even where the mutating webhook was missed.",
  remediation: "Try again: the mutating webhook was not called or did not answer.",
  source: "The failurePolicy Ignore of the mutating webhook configuration",
  blocksInjection: false,
  onlyFor: ["missing-values"],
  service: missingValues,
  ingress: missingValues,
});

function missingValues({ missing, policy: { policy } }: ServiceContext | IngressContext): readonly Problem[] {
  const which = policy === undefined ? "the policy" : `policy ${policy.metadata.name}`;
  return missing.map(({ field, value }) => ({
    field,
    message: `${which} sets ${quote(value)}, and the object arrived without it`,
  }));
}
