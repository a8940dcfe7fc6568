import { nlb } from "../annotations/catalog.ts";
import { albValues, annotationField, defineRule, isBefore, ownField, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const dualstackNeedsIpv6Subnets = defineRule({
  id: "dualstack-needs-ipv6-subnets",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "A dual-stack load balancer is in subnets with IPv6 only.",
  remediation:
    'Give each subnet of the load balancer an IPv6 CIDR and have the cluster profile say so, or set ip-address-type to "ipv4".',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html",
  onlyFor: ["subnets-without-ipv6"],
  service({ controller, inForce, facts, old }) {
    const lives = old?.provisioned === true && old.controller.name === controller.name;
    const before = lives ? old.inForce.ipAddressType : undefined;
    const fault = faultOf(before, inForce.ipAddressType, facts);
    return fault === undefined ? [] : [{ field: annotationField(nlb.ipAddressType), ...fault }];
  },
  ingress(context) {
    const { facts, old } = context;
    const before = old?.provisioned === true ? old.inForce.ipAddressType : undefined;
    const fault = faultOf(before, albValues(context).ipAddressType, facts);
    const field = fault && ownField(context, ["ip-address-type"]);
    return fault === undefined || field === undefined ? [] : [{ field, ...fault }];
  },
});

/** `before`: the address type of a load balancer that exists. */
function faultOf(
  before: string | undefined,
  after: string | undefined,
  { profile: { subnetsHaveIPv6, controllerVersion } }: Pick<ServiceContext | IngressContext, "facts">["facts"],
): Omit<Problem, "field"> | undefined {
  if (after !== "dualstack" && after !== "dualstack-without-public-ipv4") return undefined;
  if (subnetsHaveIPv6 === false) {
    // Since 3.5 the controller looks before it asks AWS (pkg/networking/subnet_resolver.go:505-543).
    const late = isBefore(controllerVersion, { major: 3, minor: 5 })
      ? "; a controller before 3.5 learns it from AWS, and the load balancer is stuck"
      : "";
    const message = `${quote(after)} needs subnets with IPv6, and the cluster profile says that they have none${late}`;
    return { message, identity: "dual-stack on IPv4 subnets" };
  }
  // A new load balancer is given the subnets that have IPv6; one that exists keeps those in which it is.
  if (subnetsHaveIPv6 === true || before !== "ipv4") return undefined;
  const message = `${quote(after)} on a load balancer that exists needs IPv6 on each of its subnets, which the cluster profile does not say`;
  const remedy = "See that each subnet of the load balancer has an IPv6 CIDR, or the change will not happen.";
  return { message, remedy, severity: "warn" };
}
