import { defineRule, groupProblems } from "../decision/rule.ts";

export const groupAddressTypeConflict = defineRule({
  id: "group-address-type-conflict",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "All Ingresses of an IngressGroup that state an IP address type state the same one.",
  remediation: "State the ip-address-type that the group has, or none to follow it; or choose a group of your own.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:170-201",
  confirmable: true,
  blocksInjection: true,
  ingress(context) {
    const problems = groupProblems(context, ["ip-address-type"]);
    return context.old === undefined ? problems : problems.map((problem) => ({ remedy, ...problem }));
  },
});

/** At no time do two of them contradict each other; confirmed, the group stands still until the last one agrees. */
const remedy =
  "First take the ip-address-type off all other Ingresses of the group, which then follow this one, and change it here last.";
