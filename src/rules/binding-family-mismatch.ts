import { asFarAsKnown, boundFamily, defineRule, quote } from "../decision/rule.ts";
import type { BindingContext, Problem } from "../decision/rule.ts";

export const bindingFamilyMismatch = defineRule({
  id: "binding-family-mismatch",
  kinds: ["TargetGroupBinding"],
  severity: "deny",
  basis: "aws",
  summary: "The Service of a TargetGroupBinding has the IP family of the target group.",
  remediation: "Bind a target group of the Service's own family, or give the Service the other family as well.",
  source: "AWS Load Balancer Controller 3.5, pkg/targetgroupbinding/resource_manager.go:952-959",
  binding,
});

function binding({ binding, service, controller }: BindingContext): readonly Problem[] {
  // An ExternalName Service has no families.
  const families = service?.ipFamilies;
  if (families === undefined || families.includes(boundFamily(binding))) return [];
  const { ipAddressType, serviceName } = binding;
  const field = "spec.ipAddressType";
  const has = `Service ${quote(serviceName)} has only ${families.join(", ")}: no target gets any traffic`;
  return ipAddressType === undefined
    ? [{ field, message: `is not given, which means "ipv4", and ${has}`, ...asFarAsKnown(controller) }]
    : [{ field, message: `${quote(ipAddressType)} does not fit, since ${has}` }];
}
