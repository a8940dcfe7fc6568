import { catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { ingressFaults } from "../decision/value-faults.ts";
import { defineRule } from "../decision/rule.ts";

export const invalidCidr = defineRule({
  id: "invalid-cidr",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A list of address ranges has CIDRs that the controller can parse.",
  remediation: 'Write each range as an address with a prefix length, as in "10.0.0.0/8", with commas between them.',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_listener.go:274-300",
  onlyWith: keysOf(catalog, isCidrs),
  ingress: (context) => ingressFaults(context, isCidrs),
});

function isCidrs(value: ValueType): boolean {
  return value.type === "list" && value.item === "cidr";
}
