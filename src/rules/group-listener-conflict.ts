import { defineRule, groupProblems } from "../decision/rule.ts";

export const groupListenerConflict = defineRule({
  id: "group-listener-conflict",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary:
    "The Ingresses of an IngressGroup that share a port agree on its protocol, sources, TLS policy, mutual TLS and attributes.",
  remediation: "State for this port what the group has, or nothing to follow it; or listen on another port.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_builder.go:379-512",
  blocksInjection: true,
  ingress: (context) => groupProblems(context, settings),
});

const settings = [
  "listen-ports",
  "inbound-cidrs",
  "security-group-prefix-lists",
  "ssl-policy",
  "mutual-authentication",
  "listener-attributes",
] as const;
