import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const ipv6TargetsNeedPrimaryIpv6 = defineRule({
  id: "ipv6-targets-need-primary-ipv6",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "Nodes that are the IPv6 targets of an NLB have a primary IPv6 address.",
  remediation:
    'Set the annotation nlb-target-type to "ip", or make the Service IPv4 only; where the nodes have primary IPv6 addresses, the cluster profile should say so.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html",
  readsFamilies: true,
  service,
});

/** Without dual-stack the controller refuses IPv6 targets before: ipv6-needs-dualstack says so. */
function service({ service: { ipFamilies }, inForce, facts }: ServiceContext): readonly Problem[] {
  if (inForce.targetType !== "instance" || inForce.ipAddressType !== "dualstack") return [];
  if (ipFamilies?.includes("IPv6") !== true) return [];
  const needs = "IPv6 targets have to be nodes with a primary IPv6 address";
  const field = annotationField(nlb.targetType);
  switch (facts.profile.nodesHavePrimaryIPv6) {
    case true:
      return [];
    case false:
      return [{ field, message: `${needs}, and the cluster profile says that they have none` }];
    case undefined:
      return [{ field, message: `${needs}, of which the cluster profile says nothing`, severity: "warn" }];
  }
}
