import { nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const quicNeedsIpTargets = defineRule({
  id: "quic-needs-ip-targets",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "An NLB with a QUIC listener has ip targets.",
  remediation: 'Set the annotation nlb-target-type to "ip".',
  source: "AWS Load Balancer Controller 3.5, webhooks/elbv2/targetgroupbinding_validator.go:328-329",
  onlyWith: [nlb.quicEnabledPorts],
  blocksInjection: true,
  service,
});

function service({ controller, inForce, listeners }: ServiceContext): readonly Problem[] {
  if (inForce.targetType !== "instance") return [];
  const quic = listeners().find(({ protocol, isLost }) => protocol.endsWith("QUIC") && !isLost);
  if (quic === undefined) return [];
  const message = `the QUIC port ${quic.port} needs ip targets: with instance targets, the controller refuses its own target group binding`;
  return [
    { field: annotationField(nlb.targetType), message, identity: "instance targets", ...asFarAsKnown(controller) },
  ];
}
