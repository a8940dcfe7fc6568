import { defineRule, groupProblems } from "../decision/rule.ts";

export const groupSchemeConflict = defineRule({
  id: "group-scheme-conflict",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "All Ingresses of an IngressGroup that state a scheme state the same one.",
  remediation: "State the scheme that the group has, or none to follow it; or choose a group of your own.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:138-167",
  confirmable: true,
  // Also what is only a warning, for want of certainty, is nothing that an injection should bring about.
  blocksInjection: true,
  ingress(context) {
    const problems = groupProblems(context, ["scheme"]);
    return context.old === undefined ? problems : problems.map((problem) => ({ remedy, ...problem }));
  },
});

/** At no time do two of them contradict each other; confirmed, the group stands still until the last one agrees. */
const remedy =
  "First take the scheme off all other Ingresses of the group, which then follow this one, and change it here last, since that replaces the load balancer of them all.";
