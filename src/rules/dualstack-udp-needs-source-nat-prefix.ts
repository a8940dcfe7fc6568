import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const dualstackUdpNeedsSourceNatPrefix = defineRule({
  id: "dualstack-udp-needs-source-nat-prefix",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "A dual-stack NLB with a UDP port has IPv6 prefixes for source NAT.",
  remediation: 'Set the annotation to "on", or set ip-address-type to "ipv4" where the Service needs no IPv6.',
  source: "AWS Load Balancer Controller 3.5, docs/guide/service/annotations.md:264-275",
  onlyFor: ["not-tcp"],
  readsFamilies: true,
  service,
});

function service({ service, inForce, listeners }: ServiceContext): readonly Problem[] {
  if (inForce.ipAddressType !== "dualstack") return [];
  // Without IPv6 the prefix would not help: dualstack-udp-needs-ipv6-targets says what does.
  if (service.ipFamilies?.includes("IPv6") !== true) return [];
  const udp = listeners().find(({ protocol, isLost }) => protocol.endsWith("UDP") && !isLost);
  if (udp === undefined) return [];
  const prefix = service.annotations[nlb.enablePrefixForIpv6SourceNat];
  if (prefix === "on") return [];
  const fault = prefix === undefined ? "is not set" : `is ${quote(prefix)}`;
  const message = `the UDP port ${udp.port} of a dual-stack NLB needs "on", and the source-NAT prefix ${fault}`;
  return [{ field: annotationField(nlb.enablePrefixForIpv6SourceNat), message, identity: `a UDP port, ${fault}` }];
}
