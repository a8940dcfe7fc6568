import { nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const sourceNatIpv6PrefixesNeedPrefix = defineRule({
  id: "source-nat-ipv6-prefixes-need-prefix",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Source-NAT prefixes are chosen only for a dual-stack NLB for which they are switched on.",
  remediation:
    'Set ip-address-type to "dualstack" and enable-prefix-for-ipv6-source-nat to "on", or delete this annotation.',
  source: "AWS Load Balancer Controller 3.5, pkg/networking/utils.go:115-121",
  onlyWith: [nlb.sourceNatIpv6Prefixes],
  service,
});

function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  // A list without items counts.
  if (!buildsNlb(controller) || annotations[nlb.sourceNatIpv6Prefixes] === undefined) return [];
  const fault = faultOf(inForce.ipAddressType, annotations[nlb.enablePrefixForIpv6SourceNat]);
  if (fault === undefined) return [];
  const message = `source-NAT prefixes cannot be chosen: ${fault}`;
  return [{ field: annotationField(nlb.sourceNatIpv6Prefixes), message, identity, ...asFarAsKnown(controller) }];
}

/** With dualstack, one reason for it takes the place of the other. */
const identity = "source-NAT prefixes cannot be chosen";

/** Values that do not parse are another rule's. */
function faultOf(ipAddressType: string | undefined, prefix: string | undefined): string | undefined {
  if (ipAddressType === "ipv4") return "this NLB is IPv4 only";
  if (ipAddressType !== "dualstack") return undefined;
  if (prefix === undefined) return "enable-prefix-for-ipv6-source-nat is not set";
  return prefix === "off" ? 'enable-prefix-for-ipv6-source-nat is "off"' : undefined;
}
