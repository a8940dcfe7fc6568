import { catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { ingressFaults, serviceFaults } from "../decision/value-faults.ts";
import { defineRule } from "../decision/rule.ts";

export const invalidEnumeration = defineRule({
  id: "invalid-enumeration",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation with a fixed set of values has one of them, spelled exactly so.",
  remediation: "Write one of the allowed values, without blanks and in this spelling, or delete the annotation.",
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:184-265",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:138-201",
  },
  onlyWith: keysOf(catalog, isEnumeration),
  service: (context) => serviceFaults(context, isEnumeration),
  ingress: (context) => ingressFaults(context, isEnumeration),
});

function isEnumeration({ type }: ValueType): boolean {
  return type === "enum";
}
