import { defineRule, othersProblems } from "../decision/rule.ts";

export const groupAlreadyBroken = defineRule({
  id: "group-already-broken",
  kinds: ["Ingress"],
  // It is not this request's fault.
  severity: "warn",
  basis: "controller",
  summary: "The other Ingresses of the IngressGroup do not keep the controller from building it.",
  remediation: "Have the owners of the other Ingresses settle it, or choose a group of your own.",
  source: "AWS Load Balancer Controller 3.5, controllers/ingress/group_controller.go:225-229",
  ingress: othersProblems,
});
