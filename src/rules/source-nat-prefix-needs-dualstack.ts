import { nlb } from "../annotations/catalog.ts";
import { annotationField, buildsNlb, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const sourceNatPrefixNeedsDualstack = defineRule({
  id: "source-nat-prefix-needs-dualstack",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "IPv6 prefixes for source NAT are switched on for dual-stack NLBs only.",
  remediation: 'Set the annotation ip-address-type to "dualstack", or delete this one.',
  source: "AWS Load Balancer Controller 3.5, pkg/networking/utils.go:83-113",
  onlyWith: [nlb.enablePrefixForIpv6SourceNat],
  service,
});

function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller)) return [];
  if (annotations[nlb.enablePrefixForIpv6SourceNat] !== "on" || inForce.ipAddressType !== "ipv4") return [];
  const message = '"on" is for dual-stack load balancers only, and this NLB is IPv4 only';
  return [{ field: annotationField(nlb.enablePrefixForIpv6SourceNat), message }];
}
