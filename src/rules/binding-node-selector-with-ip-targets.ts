import { asFarAsKnown, defineRule } from "../decision/rule.ts";

export const bindingNodeSelectorWithIpTargets = defineRule({
  id: "binding-node-selector-with-ip-targets",
  kinds: ["TargetGroupBinding"],
  severity: "deny",
  basis: "controller",
  summary: "A TargetGroupBinding with ip targets has no nodeSelector.",
  remediation: "Delete spec.nodeSelector: to choose pods, choose them by the Service's selector.",
  source: "AWS Load Balancer Controller 3.5, webhooks/elbv2/targetgroupbinding_validator.go:64-107",
  binding({ binding: { targetType, hasNodeSelector }, controller }) {
    if (targetType !== "ip" || !hasNodeSelector) return [];
    const message = 'chooses nodes, while the targets of type "ip" are pods';
    return [{ field: "spec.nodeSelector", message, ...asFarAsKnown(controller) }];
  },
});
