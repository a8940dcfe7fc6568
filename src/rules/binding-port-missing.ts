import { defineRule, findPort, quote } from "../decision/rule.ts";
import type { BindingContext, Problem } from "../decision/rule.ts";

export const bindingPortMissing = defineRule({
  id: "binding-port-missing",
  kinds: ["TargetGroupBinding"],
  severity: "deny",
  basis: "aws",
  summary: "The port that a TargetGroupBinding refers to is a port of its Service.",
  remediation: "Give the name or the number of a port of the Service; if it was added a moment ago, try again.",
  source: "AWS Load Balancer Controller 3.5, pkg/k8s/service_utils.go:10-25",
  binding,
});

function binding({ binding: { serviceName, servicePort }, service }: BindingContext): readonly Problem[] {
  if (service === undefined || findPort(service, servicePort) !== undefined) return [];
  const named = typeof servicePort === "string" ? `named ${quote(servicePort)}` : `${servicePort}`;
  const message = `Service ${quote(serviceName)} has no port ${named}: no target is registered`;
  const field = "spec.serviceRef.port";
  const isNumber = typeof servicePort === "string" && findPort(service, Number(servicePort)) !== undefined;
  return [
    isNumber
      ? { field, message, remedy: `Write ${servicePort} without quotes: a text is a name.` }
      : { field, message },
  ];
}
