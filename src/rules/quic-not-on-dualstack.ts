import { nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const quicNotOnDualstack = defineRule({
  id: "quic-not-on-dualstack",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "An NLB with a QUIC listener is IPv4 only.",
  remediation: 'Set the annotation ip-address-type to "ipv4", or move the QUIC port to a Service of its own.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html",
  onlyWith: [nlb.quicEnabledPorts],
  blocksInjection: true,
  service,
});

/** Whether EKS Auto Mode knows QUIC at all is not documented, which makes this a warning there. */
function service({ controller, inForce, listeners }: ServiceContext): readonly Problem[] {
  if (inForce.ipAddressType !== "dualstack") return [];
  const quic = listeners().find(({ protocol, isLost }) => protocol.endsWith("QUIC") && !isLost);
  if (quic === undefined) return [];
  const message = `AWS has no QUIC on dual-stack load balancers, and port ${quic.port} is enabled for it`;
  return [{ field: annotationField(nlb.ipAddressType), message, identity: "dual-stack", ...asFarAsKnown(controller) }];
}
