import { defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const proxyProtocolWithUdp = defineRule({
  id: "proxy-protocol-with-udp",
  kinds: ["Service"],
  severity: "warn",
  basis: "aws",
  summary: "Proxy protocol is not switched on for UDP ports.",
  remediation:
    "Name only the TCP ports in the annotation proxy-protocol-per-target-group, or check that the backend reads proxy protocol v2 in UDP.",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html",
  blocksInjection: true,
  onlyFor: ["not-tcp"],
  service,
});

/** Protocols of target groups that take datagrams. */
const udpProtocols: ReadonlySet<string> = new Set(["UDP", "TCP_UDP", "QUIC", "TCP_QUIC"]);

function service({ inForce, listeners }: ServiceContext): readonly Problem[] {
  const on = inForce.proxyProtocolPorts ?? [];
  if (on.length === 0) return [];
  const udp = listeners().find(
    ({ port, targetProtocol, isLost }) => udpProtocols.has(targetProtocol) && !isLost && on.includes(port),
  );
  if (udp === undefined) return [];
  const message = `UDP port ${udp.port} would carry proxy protocol, which few UDP backends read`;
  return [{ field: `spec.ports[${udp.index}]`, message, identity: `port ${udp.port}` }];
}
