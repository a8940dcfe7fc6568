import { asFarAsKnownOf, defineRule, quote, readRoutes } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const actionServiceMissing = defineRule({
  id: "action-service-missing",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An action that forwards to several target groups names Services that exist.",
  remediation: "Create the Service first, or take it out of the action.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/enhanced_backend_builder.go:262-300",
  ingress,
});

/** A Service that is the only target may be missing: the load balancer answers 503 in its place. */
function ingress(context: IngressContext): readonly Problem[] {
  const missing = new Set(context.backends().flatMap(({ target, isMissing }) => (isMissing ? [target.service] : [])));
  if (missing.size === 0) return [];
  const problems = new Map<string, Problem>();
  for (const { field, targets, targetGroups } of readRoutes(context)) {
    if (targetGroups < 2) continue;
    for (const { service } of targets) {
      if (!missing.has(service)) continue;
      const message = `forwards to several target groups, one of them the Service ${quote(service)}, which does not exist: the controller then changes nothing of the load balancer`;
      const identity = `${field} without ${service}`;
      problems.set(identity, { field, message, identity, ...asFarAsKnownOf(context) });
    }
  }
  return [...problems.values()];
}
