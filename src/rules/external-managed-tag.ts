import { alb, nlb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const externalManagedTag = defineRule({
  id: "external-managed-tag",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "No annotation sets a tag that the controller leaves to somebody else.",
  remediation: "Take the tag out of the annotation: the cluster's operator has it managed outside the controller.",
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:305-316",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_tags.go:12-120",
  },
  onlyWith: [nlb.additionalResourceTags, alb.tags],
  service,
  ingress,
});

/** The tags are those of a flag of the AWS controller. */
function service(context: ServiceContext): readonly Problem[] {
  return context.controller.name === "aws-load-balancer-controller" ? problems(context) : [];
}

/** The flag is that of the AWS controller. */
function ingress(context: IngressContext): readonly Problem[] {
  const { classification } = context;
  const isOurs = classification.outcome === "served" && classification.controller === "aws-load-balancer-controller";
  return isOurs ? problems(context) : [];
}

function problems({ read, facts }: ServiceContext | IngressContext): readonly Problem[] {
  const { externalManagedTags } = facts.profile;
  if (externalManagedTags.length === 0) return [];
  return read().flatMap(({ key, value }): readonly Problem[] => {
    const tags = key === nlb.additionalResourceTags || key === alb.tags ? parseMap(value) : undefined;
    return [...(tags?.keys() ?? [])]
      .filter((tag) => externalManagedTags.includes(tag))
      .map((tag) => ({
        field: annotationField(key),
        message: `the tag ${quote(tag)} is managed outside the controller`,
      }));
  });
}
