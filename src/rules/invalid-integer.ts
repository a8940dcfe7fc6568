import { catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { ingressFaults, serviceFaults } from "../decision/value-faults.ts";
import { defineRule } from "../decision/rule.ts";

export const invalidInteger = defineRule({
  id: "invalid-integer",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary:
    "An annotation for a number, or for a list of numbers, has integers that the controller can parse and accepts.",
  remediation: "Write an integer in plain digits, without blanks and units, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:100-126",
  onlyWith: keysOf(catalog, isInteger),
  service: (context) => serviceFaults(context, isInteger),
  ingress: (context) => ingressFaults(context, isInteger),
});

function isInteger(value: ValueType): boolean {
  return value.type === "int" || (value.type === "list" && value.item === "int");
}
