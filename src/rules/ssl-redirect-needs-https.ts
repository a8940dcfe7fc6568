import { alb } from "../annotations/catalog.ts";
import { defineRule, redirectProblems } from "../decision/rule.ts";

export const sslRedirectNeedsHttps = defineRule({
  id: "ssl-redirect-needs-https",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The port to which HTTP is redirected is one on which an Ingress of the group listens with HTTPS.",
  remediation: `Redirect to a port that ${alb.listenPorts} lists with HTTPS, or add it there, with a certificate.`,
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_builder.go:540-549",
  blocksInjection: true,
  ingress: redirectProblems,
});
