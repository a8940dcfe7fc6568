import { alb, nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const dualstackAddedNeedsIpv6Subnets = defineRule({
  id: "dualstack-added-needs-ipv6-subnets",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "An IPv4 load balancer that exists can become dual-stack only on subnets with IPv6.",
  remediation: "Give each subnet of the load balancer an IPv6 CIDR first, then have the cluster profile say so.",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html",
  updatesOnly: true,
  service(context) {
    const { controller, inForce, old } = context;
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    return added(nlb.ipAddressType, old.inForce.ipAddressType, inForce.ipAddressType, context);
  },
  ingress(context) {
    const { inForce, old } = context;
    if (old?.provisioned !== true) return [];
    return added(alb.ipAddressType, old.inForce.ipAddressType, inForce.ipAddressType, context);
  },
});

function added(
  key: string,
  before: string | undefined,
  after: string | undefined,
  { facts }: ServiceContext | IngressContext,
): readonly Problem[] {
  if (before !== "ipv4" || after === undefined || after === "ipv4") return [];
  const field = annotationField(key);
  const needs = `${quote(after)} on a load balancer that exists needs IPv6 on each of its subnets`;
  switch (facts.profile.subnetsHaveIPv6) {
    case true:
      return [];
    case false:
      return [{ field, message: `${needs}, and the cluster profile says that they have none` }];
    case "some":
    case undefined: {
      const remedy = "See that each subnet of the load balancer has an IPv6 CIDR, or the change will not happen.";
      return [{ field, message: `${needs}, which the cluster profile does not say`, remedy, severity: "warn" }];
    }
  }
}
