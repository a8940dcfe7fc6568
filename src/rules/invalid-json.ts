import { catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { ingressFaults, serviceFaults } from "../decision/value-faults.ts";
import { defineRule } from "../decision/rule.ts";

export const invalidJson = defineRule({
  id: "invalid-json",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation for JSON has a text that parses, and says what the controller can use.",
  remediation: "Write valid JSON, with double quotes around names and texts, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:135-147",
  onlyWith: keysOf(catalog, isJson),
  service: (context) => serviceFaults(context, isJson),
  ingress: (context) => ingressFaults(context, isJson),
});

function isJson({ type }: ValueType): boolean {
  return type === "json";
}
