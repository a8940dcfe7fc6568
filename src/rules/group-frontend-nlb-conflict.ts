import { defineRule, groupProblems } from "../decision/rule.ts";

export const groupFrontendNlbConflict = defineRule({
  id: "group-frontend-nlb-conflict",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The Ingresses of an IngressGroup agree on the NLB in front of their load balancer.",
  remediation:
    "Write what concerns the NLB in front on one Ingress of the group only, frontend-nlb-attributes on the last one or on all.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_frontend_nlb.go:71-190",
  blocksInjection: true,
  ingress: (context) => groupProblems(context, settings),
});

const settings = [
  "enable-frontend-nlb",
  "frontend-nlb-scheme",
  "frontend-nlb-subnets",
  "frontend-nlb-security-groups",
  "frontend-nlb-eip-allocations",
  "frontend-nlb-attributes",
  "frontend-nlb-tags",
  "frontend-nlb-listener-port-mapping",
  "frontend-nlb-healthcheck-port",
  "frontend-nlb-healthcheck-protocol",
  "frontend-nlb-healthcheck-path",
  "frontend-nlb-healthcheck-success-codes",
  "frontend-nlb-healthcheck-interval-seconds",
  "frontend-nlb-healthcheck-timeout-seconds",
  "frontend-nlb-healthcheck-healthy-threshold-count",
  "frontend-nlb-healthcheck-unhealthy-threshold-count",
] as const;
