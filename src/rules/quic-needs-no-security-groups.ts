import { nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const quicNeedsNoSecurityGroups = defineRule({
  id: "quic-needs-no-security-groups",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "An NLB with a QUIC listener has no security groups.",
  remediation:
    'Set the annotation disable-nlb-sg to "true" when the Service is created: an NLB that has security groups keeps them.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html",
  onlyWith: [nlb.quicEnabledPorts],
  service,
});

/** Whether EKS Auto Mode knows QUIC at all is not documented, which makes this a warning there. */
function service({ controller, inForce, listeners }: ServiceContext): readonly Problem[] {
  if (inForce.securityGroups === undefined || inForce.securityGroups === "none") return [];
  const quic = listeners().find(({ protocol, isLost }) => protocol.endsWith("QUIC") && !isLost);
  if (quic === undefined) return [];
  const message = `AWS has no QUIC on load balancers with security groups, and port ${quic.port} is enabled for it`;
  const problem = { field: annotationField(nlb.disableNlbSg), message, identity: "security groups" };
  if (controller.name !== "eks-auto-mode") return [problem];
  const remedy = "Leave out QUIC: an NLB of EKS Auto Mode always has security groups.";
  return [{ ...problem, remedy, ...asFarAsKnown(controller) }];
}
