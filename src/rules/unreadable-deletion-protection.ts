import { nlb } from "../annotations/catalog.ts";
import { parseBool, parseMap } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const unreadableDeletionProtection = defineRule({
  id: "unreadable-deletion-protection",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "The attribute deletion_protection.enabled of an NLB is a boolean.",
  remediation: 'Write "deletion_protection.enabled=true" or "deletion_protection.enabled=false", or leave it out.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_builder.go:246-258",
  onlyWith: [nlb.attributes],
  service,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  const raw = annotations[nlb.attributes];
  if (!buildsNlb(controller) || raw === undefined) return [];
  const value = parseMap(raw)?.get("deletion_protection.enabled");
  if (value === undefined || parseBool(value) !== undefined) return [];
  const message = `deletion_protection.enabled is ${quote(value)}, neither true nor false: once made, the NLB cannot be deleted`;
  return [{ field: annotationField(nlb.attributes), message }];
}
