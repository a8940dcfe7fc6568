import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";

export const sourceNatPrefixRemoved = defineRule({
  id: "source-nat-prefix-removed",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "IPv6 prefixes for source NAT stay on while the load balancer has a UDP listener.",
  remediation: `Keep "on", and remove the UDP ports first: when their listeners are gone, a second update may switch it off.`,
  source: "AWS Load Balancer Controller 3.5, docs/guide/service/annotations.md:264-275",
  updatesOnly: true,
  confirmable: true,
  onlyWith: [nlb.enablePrefixForIpv6SourceNat],
  service({ service, controller, inForce, old }) {
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    const key = nlb.enablePrefixForIpv6SourceNat;
    if (old.service.annotations[key] !== "on" || old.inForce.ipAddressType !== "dualstack") return [];
    // A value that the controller cannot read changes nothing, and another rule refuses it; another scheme replaces it all.
    const after = service.annotations[key] ?? "off";
    if (after !== "off" || old.inForce.scheme !== inForce.scheme) return [];
    const udp = old.listeners().find(({ targetProtocol, isLost }) => withUdp.has(targetProtocol) && !isLost);
    if (udp === undefined) return [];
    const message = `AWS does not switch it off while there is a UDP listener, and the controller removes that of port ${udp.port} after this at the earliest: it gets no further`;
    return [{ field: annotationField(key), message }];
  },
});

const withUdp: ReadonlySet<string> = new Set(["UDP", "TCP_UDP", "QUIC", "TCP_QUIC"]);
