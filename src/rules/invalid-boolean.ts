import { catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { ingressFaults, serviceFaults } from "../decision/value-faults.ts";
import { defineRule } from "../decision/rule.ts";

export const invalidBoolean = defineRule({
  id: "invalid-boolean",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A yes-or-no annotation has a value that the controller can parse.",
  remediation: 'Write "true" or "false", or delete the annotation.',
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:86-98",
  onlyWith: keysOf(catalog, isBoolean),
  service: (context) => serviceFaults(context, isBoolean),
  ingress: (context) => ingressFaults(context, isBoolean),
});

function isBoolean({ type }: ValueType): boolean {
  return type === "bool";
}
