import { nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const quicNeedsUdp = defineRule({
  id: "quic-needs-udp",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Only UDP ports are enabled for QUIC, alone or merged with TCP.",
  remediation: `Name the UDP port only; if TCP has the same number, name the UDP port by its name, or merge the two with ${nlb.enableTcpUdpListener} "true".`,
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_listener.go:113-127",
  onlyWith: [nlb.quicEnabledPorts],
  service,
});

/** A port whose listener is lost counts: the controller finds the fault before it drops the listener. */
function service({ controller, listeners }: ServiceContext): readonly Problem[] {
  return listeners()
    .filter(({ wantsQuic, protocol }) => wantsQuic && !protocol.endsWith("QUIC"))
    .map(({ port, protocol }) => ({
      field: annotationField(nlb.quicEnabledPorts),
      message: `it names the ${protocol} port ${port}, and QUIC is for UDP ports only`,
      identity: `port ${port}`,
      ...asFarAsKnown(controller),
    }));
}
