import { defineRule, quote } from "../decision/rule.ts";

export const bindingServiceMissing = defineRule({
  id: "binding-service-missing",
  kinds: ["TargetGroupBinding"],
  severity: "deny",
  basis: "aws",
  summary: "The Service that a TargetGroupBinding refers to exists, in its namespace.",
  remediation: "Create the Service first, or correct spec.serviceRef.name; if it was created a moment ago, try again.",
  source: "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/spec",
  // Tools apply manifests in any order, and the controller waits for the Service. But a binding that is turned to a Service
  // that is not there loses the targets that it has.
  binding({ operation, binding: { serviceName }, isServiceMissing }) {
    if (!isServiceMissing) return [];
    const field = "spec.serviceRef.name";
    const missing = `Service ${quote(serviceName)} does not exist`;
    return operation === "CREATE"
      ? [{ field, message: `${missing}: no target is registered until it does`, severity: "warn" }]
      : [{ field, message: `${missing}: all targets are deregistered`, identity: missing }];
  },
});
