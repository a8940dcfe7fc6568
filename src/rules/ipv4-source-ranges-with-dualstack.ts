import { alb, nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { albValues, annotationField, defineRule, ownField, restrictedListeners, soleField } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const ipv4SourceRangesWithDualstack = defineRule({
  id: "ipv4-source-ranges-with-dualstack",
  kinds: ["Service", "Ingress"],
  severity: "warn",
  basis: "aws",
  summary: "The source ranges of a dual-stack load balancer let IPv6 clients in as well.",
  remediation: 'Add the IPv6 ranges of the clients (for all of them: ::/0), or set ip-address-type to "ipv4".',
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_managed_sg.go:149-171",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_managed_sg.go:76-119",
  },
  blocksInjection: true,
  onlyWith: { service: [nlb.loadBalancerSourceRanges] },
  onlyFor: ["source-ranges"],
  service,
  ingress,
});

const message = "the source ranges are IPv4 only: IPv6 clients of the dual-stack load balancer would time out";

function service({ service: spec, controller, inForce }: ServiceContext): readonly Problem[] {
  if (inForce.ipAddressType !== "dualstack") return [];
  // Ranges count for the security group that the controller makes; prefix lists open it further, for we cannot say whom.
  if (inForce.securityGroups !== "managed" || hasItems(spec.annotations[nlb.securityGroupPrefixLists])) return [];
  if (spec.loadBalancerSourceRanges.length > 0) {
    return isIPv4Only(spec.loadBalancerSourceRanges) ? [{ field: "spec.loadBalancerSourceRanges", message }] : [];
  }
  // Auto Mode reads the field only (EKS user guide, auto-configure-nlb).
  if (controller.name === "eks-auto-mode") return [];
  if (!isIPv4Only(parseList(spec.annotations[nlb.loadBalancerSourceRanges] ?? ""))) return [];
  return [{ field: annotationField(nlb.loadBalancerSourceRanges), message }];
}

/** IngressClassParams that nobody knows may bring ranges and an address type of their own. */
function ingress(context: IngressContext): readonly Problem[] {
  const { ingress: spec, albClass } = context;
  const own = context.group()?.own;
  if (own === undefined || (!own.classification.paramsKnown && albClass?.hasParams === true)) return [];
  const addressType = albValues(context).ipAddressType ?? spec.annotations[alb.ipAddressType];
  if (addressType !== "dualstack" && addressType !== "dualstack-without-public-ipv4") return [];
  const restricted = restrictedListeners(context).filter(({ cidrs }) => isIPv4Only(cidrs));
  if (restricted.length === 0) return [];
  const field = restricted.some(({ isOwn }) => isOwn)
    ? ownField(context, ["inbound-cidrs"])
    : soleField(context, "ip-address-type");
  return field === undefined ? [] : [{ field, message }];
}

function hasItems(list: string | undefined): boolean {
  return list !== undefined && parseList(list).length > 0;
}

/** No range at all means every address of both families. */
function isIPv4Only(ranges: readonly string[]): boolean {
  return ranges.length > 0 && ranges.every((range) => !range.includes(":"));
}
