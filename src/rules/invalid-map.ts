import { catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { ingressFaults, serviceFaults } from "../decision/value-faults.ts";
import { defineRule } from "../decision/rule.ts";

export const invalidMap = defineRule({
  id: "invalid-map",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation for attributes, tags or labels is a list of key=value pairs that the controller can parse.",
  remediation:
    "Write key=value pairs with commas between them, and a backslash before a comma that is part of a value, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:149-253",
  onlyWith: keysOf(catalog, isMap),
  // Of Auto Mode too: target node labels are read once the targets are instances.
  blocksInjection: true,
  service: (context) => serviceFaults(context, isMap),
  ingress: (context) => ingressFaults(context, isMap),
});

function isMap({ type }: ValueType): boolean {
  return type === "map";
}
