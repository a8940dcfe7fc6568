import { defineRule } from "../decision/rule.ts";

export const bindingNeedsTargetType = defineRule({
  id: "binding-needs-target-type",
  kinds: ["TargetGroupBinding"],
  severity: "deny",
  basis: "controller",
  summary: "A TargetGroupBinding states the type of its targets, unless the controller's own webhook does.",
  remediation: 'Set spec.targetType to what the target group has: "ip" or "instance".',
  source: "AWS Load Balancer Controller 3.5, webhooks/elbv2/targetgroupbinding_validator.go:64-107",
  binding({ binding: { targetType }, controller }) {
    if (targetType !== undefined) return [];
    const asked = "and the AWS Load Balancer Controller's webhook, which asks AWS for it, was not called";
    const message = controller.name === "eks-auto-mode" ? "is not given" : `is not given, ${asked}`;
    return [{ field: "spec.targetType", message }];
  },
});
