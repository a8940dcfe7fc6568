import { alb } from "../annotations/catalog.ts";
import { defineRule, groupProblems } from "../decision/rule.ts";

export const groupSslRedirectConflict = defineRule({
  id: "group-ssl-redirect-conflict",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "All Ingresses of an IngressGroup that redirect HTTP redirect it to the same port.",
  remediation: `Leave ${alb.sslRedirect} out: one Ingress redirects HTTP for the whole group.`,
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_builder.go:512-540",
  blocksInjection: true,
  ingress: (context) => groupProblems(context, ["ssl-redirect"]),
});
