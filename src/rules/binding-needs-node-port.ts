import { defineRule, findPort, hasNodePort, quote } from "../decision/rule.ts";
import type { BindingContext, Problem } from "../decision/rule.ts";

export const bindingNeedsNodePort = defineRule({
  id: "binding-needs-node-port",
  kinds: ["TargetGroupBinding"],
  severity: "deny",
  basis: "aws",
  summary: "A TargetGroupBinding with instance targets refers to a Service with node ports.",
  remediation:
    'Give the Service the type NodePort first, or bind a target group of type "ip"; if it was changed a moment ago, try again.',
  source: "AWS Load Balancer Controller 3.5, pkg/backend/endpoint_resolver.go:79-81",
  binding,
});

function binding({ binding: { targetType, serviceName, servicePort }, service }: BindingContext): readonly Problem[] {
  if (targetType !== "instance" || service === undefined) return [];
  const port = findPort(service, servicePort);
  if (port === undefined || hasNodePort(service, port)) return [];
  const message = `"instance" needs a node port, which port ${port.port} of Service ${quote(serviceName)} does not have`;
  return [{ field: "spec.targetType", message }];
}
