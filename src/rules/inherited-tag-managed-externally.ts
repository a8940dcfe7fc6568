import { alb } from "../annotations/catalog.ts";
import { backendReferences, backendUse } from "../decision/ingress-use.ts";
import { parseMap } from "../annotations/parse.ts";
import { severityFor } from "../decision/value-faults.ts";
import { defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const inheritedTagManagedExternally = defineRule({
  id: "inherited-tag-managed-externally",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary:
    "Neither the class of an Ingress nor a Service behind it sets a tag that the controller leaves to somebody else.",
  remediation: "Take the tag out there first: the cluster's operator has it managed outside the controller.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_tags.go:12-120",
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const { classification, facts } = context;
  const { externalManagedTags } = facts.profile;
  if (externalManagedTags.length === 0 || classification.outcome !== "served") return [];
  if (classification.controller !== "aws-load-balancer-controller") return [];
  const isManaged = (tag: string): boolean => externalManagedTags.includes(tag);
  return [...ofClass(classification.params?.tags ?? [], isManaged), ...ofServices(context, isManaged)];
}

type IsManaged = (tag: string) => boolean;

function ofClass(tags: readonly { readonly key: string }[], isManaged: IsManaged): readonly Problem[] {
  const found = tags.find(({ key }) => isManaged(key));
  if (found === undefined) return [];
  const message = `the IngressClassParams of the class set the tag ${quote(found.key)}, which is managed outside the controller`;
  return [{ field: "spec.ingressClassName", message }];
}

function ofServices(context: IngressContext, isManaged: IsManaged): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const { field, targets } of backendReferences(context)) {
    for (const { target, service } of targets) {
      const tag = [...(parseMap(service?.annotations[alb.tags] ?? "")?.keys() ?? [])].find(isManaged);
      if (tag === undefined || problems.has(target.service)) continue;
      const message = `the Service ${quote(target.service)} sets the tag ${quote(tag)}, which is managed outside the controller`;
      problems.set(target.service, { field, message, identity: `${target.service} ${tag}` });
    }
  }
  const use = problems.size === 0 ? "unread" : backendUse(context);
  return use === "unread"
    ? []
    : [...problems.values()].map((problem) => ({ ...problem, ...severityFor(context, use) }));
}
