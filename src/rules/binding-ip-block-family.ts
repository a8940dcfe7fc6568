import { boundFamily, defineRule, quote } from "../decision/rule.ts";
import type { BindingContext, Problem } from "../decision/rule.ts";

export const bindingIpBlockFamily = defineRule({
  id: "binding-ip-block-family",
  kinds: ["TargetGroupBinding"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "The ipBlocks of a TargetGroupBinding are of the IP family of its targets.",
  remediation:
    "Give the CIDRs of the load balancer's subnets in the family of the targets: from there it sends what it translates.",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html",
  binding,
});

/** The load balancer reaches its targets in their own family only, whatever its clients have. */
function binding({ binding, controller }: BindingContext): readonly Problem[] {
  if (binding.ipAddressType === undefined && controller.name === "eks-auto-mode") return [];
  const family = boundFamily(binding);
  const others = new Set(binding.ipBlocks.filter((block) => familyOf(block) !== family));
  if (others.size === 0) return [];
  const [block = "", ...more] = others;
  const which = more.length === 0 ? quote(block) : `${quote(block)} and ${more.length} more`;
  const message = `${which} lets no traffic in, since the targets are reached by ${family} only`;
  return [{ field: "spec.networking.ingress", message, identity: [...others].join() }];
}

function familyOf(cidr: string): "IPv4" | "IPv6" {
  return cidr.includes(":") ? "IPv6" : "IPv4";
}
