import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const quicOneListener = defineRule({
  id: "quic-one-listener",
  kinds: ["Service"],
  severity: "warn",
  basis: "aws",
  summary: "A QUIC listener is the only one of its NLB for QUIC or UDP.",
  remediation: "Move the other QUIC and UDP ports to a Service of their own.",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html",
  onlyWith: [nlb.quicEnabledPorts],
  service,
});

/** AWS documents it, but nobody seems to have met the refusal: a warning. */
function service({ listeners }: ServiceContext): readonly Problem[] {
  const datagrams = listeners().filter(({ protocol, isLost }) => /QUIC|UDP/.test(protocol) && !isLost);
  const quic = datagrams.find(({ protocol }) => protocol.endsWith("QUIC"));
  const other = datagrams.find((listener) => listener !== quic);
  if (quic === undefined || other === undefined) return [];
  const message = `AWS has one QUIC listener on a load balancer and no UDP beside it: with QUIC on port ${quic.port}, ${other.protocol} on port ${other.port} would be refused`;
  return [{ field: annotationField(nlb.quicEnabledPorts), message }];
}
