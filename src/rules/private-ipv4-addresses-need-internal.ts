import { nlb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const privateIpv4AddressesNeedInternal = defineRule({
  id: "private-ipv4-addresses-need-internal",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Private IPv4 addresses are chosen for internal NLBs only.",
  remediation: 'Set the annotation scheme to "internal" if the NLB is not meant to be public, or delete this one.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:343-345",
  onlyWith: [nlb.privateIpv4Addresses],
  blocksInjection: true,
  service,
});

function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  // A list without items counts.
  if (!buildsNlb(controller) || annotations[nlb.privateIpv4Addresses] === undefined) return [];
  if (inForce.scheme !== "internet-facing") return [];
  const message = "private IPv4 addresses are for internal load balancers only, and this NLB is internet-facing";
  return [{ field: annotationField(nlb.privateIpv4Addresses), message, ...asFarAsKnown(controller) }];
}
