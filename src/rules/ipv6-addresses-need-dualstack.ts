import { nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const ipv6AddressesNeedDualstack = defineRule({
  id: "ipv6-addresses-need-dualstack",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "IPv6 addresses are chosen for dual-stack NLBs only.",
  remediation: 'Set the annotation ip-address-type to "dualstack", or delete this one.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:366-368",
  onlyWith: [nlb.ipv6Addresses],
  service,
});

function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  // A list without items counts.
  if (!buildsNlb(controller) || annotations[nlb.ipv6Addresses] === undefined) return [];
  if (inForce.ipAddressType !== "ipv4") return [];
  const message = "IPv6 addresses are for dual-stack load balancers only, and this NLB is IPv4 only";
  return [{ field: annotationField(nlb.ipv6Addresses), message, ...asFarAsKnown(controller) }];
}
