import { backendUse } from "../decision/ingress-use.ts";
import { severityFor } from "../decision/value-faults.ts";
import { defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const resourceBackend = defineRule({
  id: "resource-backend",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An ALB sends to Services only.",
  remediation: "Name a Service in place of the resource.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/enhanced_backend_builder.go:126-134",
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const { ingress: spec } = context;
  const routed = spec.rules.flatMap(({ paths }, index) =>
    paths.flatMap(({ backend }, at) =>
      backend.kind === "resource" ? [`spec.rules[${index}].http.paths[${at}].backend`] : [],
    ),
  );
  const fields = spec.defaultBackend?.kind === "resource" ? ["spec.defaultBackend", ...routed] : routed;
  const use = fields.length === 0 ? "unread" : backendUse(context);
  if (use === "unread") return [];
  const message = "the backend is a resource, and the controller knows no other than Services";
  return fields.map((field) => ({ field, message, ...severityFor(context, use) }));
}
