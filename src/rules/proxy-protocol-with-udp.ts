import { buildsNlb, defineRule } from "../decision/rule.ts";
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
  service,
});

function service({ service: { ports }, controller, inForce }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller)) return [];
  const index = ports.findIndex(
    ({ port, protocol }) => protocol === "UDP" && inForce.proxyProtocolPorts?.includes(port) === true,
  );
  const udp = ports[index];
  if (udp === undefined) return [];
  const message = `UDP port ${udp.port} would carry proxy protocol, which few UDP backends read`;
  return [{ field: `spec.ports[${index}]`, message, identity: `port ${udp.port}` }];
}
