import { catalogEntry } from "../annotations/catalog.ts";
import { faultsIn } from "../annotations/grammar.ts";
import { backendReferences, useOnService } from "../decision/ingress-use.ts";
import { severityFor } from "../decision/value-faults.ts";
import { defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const invalidBackendAnnotation = defineRule({
  id: "invalid-backend-annotation",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "What a Service behind an Ingress says of its target group has values that the controller can parse.",
  remediation: "Set the annotation of the Service right first: it wins over that of the Ingress.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:160-272",
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const isAnnotated = context.backends().some(({ service }) => hasAny(service?.annotations ?? {}));
  if (!isAnnotated) return [];
  const problems = new Map<string, Problem>();
  for (const reference of backendReferences(context)) {
    for (const backend of reference.targets) {
      for (const [key, value] of Object.entries(backend.service?.annotations ?? {})) {
        const identity = `${backend.target.service} ${key} ${value}`;
        const entry = problems.has(identity) ? undefined : catalogEntry(key, "BackendService");
        const [fault] = entry === undefined ? [] : faultsIn(value, entry);
        if (entry === undefined || fault === undefined) continue;
        const use = useOnService(context, { key, entry }, reference, backend);
        if (use === "unread") continue;
        const message = `the Service ${quote(backend.target.service)} has ${key}: ${fault.message}`;
        const { field } = reference;
        problems.set(identity, { field, message, identity, ...severityFor(context, use, entry.value) });
      }
    }
  }
  return [...problems.values()];
}

function hasAny(annotations: Readonly<Record<string, string>>): boolean {
  for (const _key in annotations) return true;
  return false;
}
