import { nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const ipv6SourceRangesNeedDualstack = defineRule({
  id: "ipv6-source-ranges-need-dualstack",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "IPv6 source ranges are given to dual-stack NLBs only.",
  remediation: 'Set the annotation ip-address-type to "dualstack", or delete the IPv6 ranges.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_managed_sg.go:158-161",
  onlyWith: [nlb.loadBalancerSourceRanges],
  onlyFor: ["source-ranges"],
  service,
});

function service({ service: spec, controller, inForce }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller) || inForce.ipAddressType !== "ipv4") return [];
  const { field, ranges } = sourceRanges(spec, controller);
  const range = ranges.find((each) => each.includes(":"));
  if (range === undefined) return [];
  const message = `${quote(range)} is IPv6, and the NLB is IPv4 only`;
  switch (inForce.securityGroups) {
    case "managed":
      return [{ field, message, ...asFarAsKnown(controller) }];
    case "none":
      return [{ field, message: `${message}, so that it lets nobody in`, severity: "warn" }];
    // No range counts at all: source-ranges-ignored says so.
    case "named":
    case undefined:
      return [];
  }
}

/** The field wins, if it has any. Auto Mode reads nothing else (EKS user guide, auto-configure-nlb). */
function sourceRanges(
  { loadBalancerSourceRanges, annotations }: ServiceContext["service"],
  { name }: ServiceContext["controller"],
): { readonly field: string; readonly ranges: readonly string[] } {
  const written = annotations[nlb.loadBalancerSourceRanges];
  if (loadBalancerSourceRanges.length > 0 || written === undefined || name === "eks-auto-mode") {
    return { field: "spec.loadBalancerSourceRanges", ranges: loadBalancerSourceRanges };
  }
  return { field: annotationField(nlb.loadBalancerSourceRanges), ranges: parseList(written) };
}
