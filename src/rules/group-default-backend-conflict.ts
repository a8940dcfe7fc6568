import { defineRule, groupProblems } from "../decision/rule.ts";

export const groupDefaultBackendConflict = defineRule({
  id: "group-default-backend-conflict",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "Of the Ingresses of an IngressGroup that share a port, one at most has a default backend.",
  remediation: "Write a rule for the hosts of this Ingress in place of spec.defaultBackend, or listen on another port.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_listener.go:79-98",
  blocksInjection: true,
  ingress: (context) => groupProblems(context, ["default-backend"]),
});
