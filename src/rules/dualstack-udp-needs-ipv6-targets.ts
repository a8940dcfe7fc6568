import { defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const dualstackUdpNeedsIpv6Targets = defineRule({
  id: "dualstack-udp-needs-ipv6-targets",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "A Service with a UDP port and a dual-stack NLB has IPv6 among its ipFamilies.",
  remediation:
    'Set the annotation ip-address-type to "ipv4" (the UDP ports may move to a Service of their own), or give the Service IPv6 and switch on the source-NAT prefix.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html",
  onlyFor: ["not-tcp"],
  readsFamilies: true,
  service,
});

/** QUIC is for another rule: no target makes it possible on a dual-stack NLB. */
function service({ service: { ipFamilies }, inForce, listeners }: ServiceContext): readonly Problem[] {
  if (inForce.ipAddressType !== "dualstack") return [];
  if (ipFamilies === undefined || ipFamilies.includes("IPv6")) return [];
  const udp = listeners().find(({ protocol, isLost }) => protocol.endsWith("UDP") && !isLost);
  if (udp === undefined) return [];
  const message = `the UDP port ${udp.port} of a dual-stack NLB needs IPv6 targets, and the Service is IPv4 only`;
  return [{ field: "spec.ipFamilies", message, identity: "a UDP port" }];
}
