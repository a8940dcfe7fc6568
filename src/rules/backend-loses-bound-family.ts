import { boundFamily, defineRule, quote } from "../decision/rule.ts";
import type { BackendContext, Problem } from "../decision/rule.ts";

export const backendLosesBoundFamily = defineRule({
  id: "backend-loses-bound-family",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "A Service keeps the IP family of the target group of each TargetGroupBinding that refers to it.",
  remediation: "Keep the family, or bind a target group of the other family instead first.",
  source: "AWS Load Balancer Controller 3.5, pkg/targetgroupbinding/resource_manager.go:952-959",
  confirmable: true,
  backend,
});

function backend({ service: { ipFamilies }, bindings }: BackendContext): readonly Problem[] {
  if (ipFamilies === undefined) return [];
  return bindings
    .filter((binding) => !ipFamilies.includes(boundFamily(binding)))
    .map((binding): Problem => {
      const message = `has no ${boundFamily(binding)}, the family of TargetGroupBinding ${quote(binding.name)}: none of its targets gets any traffic`;
      return { field: "spec.ipFamilies", message, ...unlessInferred(binding) };
    });
}

/** Where the family is not written, only the AWS Load Balancer Controller is known to take it for IPv4. */
function unlessInferred({ api, ipAddressType }: BackendContext["bindings"][number]): { readonly severity?: "warn" } {
  return ipAddressType === undefined && api === "eks.amazonaws.com" ? { severity: "warn" } : {};
}
