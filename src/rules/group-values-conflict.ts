import { defineRule, groupProblems } from "../decision/rule.ts";

export const groupValuesConflict = defineRule({
  id: "group-values-conflict",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary:
    "The Ingresses of an IngressGroup agree on name, subnets, security groups, address pools, attributes, tags, capacity and protection of their load balancer.",
  remediation: "State the value that the group has, or none to follow it; or choose a group of your own.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:97-383",
  blocksInjection: true,
  ingress: (context) => groupProblems(context, settings),
});

const settings = [
  "load-balancer-name",
  "subnets",
  "security-groups",
  "manage-backend-security-group-rules",
  "customer-owned-ipv4-pool",
  "ipam-ipv4-pool-id",
  "load-balancer-attributes",
  "minimum-load-balancer-capacity",
  "tags",
  "wafv2-acl-arn",
  "wafv2-acl-name",
  "waf-acl-id",
  "shield-advanced-protection",
] as const;
