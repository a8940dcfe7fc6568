import { nlb } from "../annotations/catalog.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const ipv6NeedsDualstack = defineRule({
  id: "ipv6-needs-dualstack",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "A Service with IPv6 among its ipFamilies has a dual-stack NLB.",
  remediation: 'Set the annotation ip-address-type to "dualstack", or make the Service IPv4 only.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:828-843",
  readsFamilies: true,
  service,
});

function service({ service, controller, inForce }: ServiceContext): readonly Problem[] {
  const { annotations, ipFamilies } = service;
  if (!buildsNlb(controller)) return [];
  if (inForce.ipAddressType !== "ipv4" || ipFamilies?.includes("IPv6") !== true) return [];
  const remedy = remedyFor(service);
  const written = annotations[nlb.ipAddressType];
  if (written === undefined) {
    const message = "has IPv6, and the NLB would be IPv4 only, since no ip-address-type is given";
    return [{ field: "spec.ipFamilies", message, identity, ...remedy }];
  }
  const message = `${quote(written)} does not fit spec.ipFamilies, which has IPv6`;
  return [{ field: annotationField(nlb.ipAddressType), message, identity, ...remedy }];
}

/** Writing "ipv4" where it is in force already introduces nothing. */
const identity = "IPv6 behind IPv4";

/** A dual-stack NLB takes a UDP port only with the prefix: who is told the first half alone comes back with the second. */
function remedyFor({ annotations, ports }: ServiceContext["service"]): { readonly remedy?: string } {
  const hasUdp = ports.some(({ protocol }) => protocol === "UDP");
  if (!hasUdp || annotations[nlb.enablePrefixForIpv6SourceNat] === "on") return {};
  return {
    remedy: `Set the annotation ip-address-type to "dualstack" and, for the UDP port, ${nlb.enablePrefixForIpv6SourceNat} to "on", or make the Service IPv4 only.`,
  };
}
