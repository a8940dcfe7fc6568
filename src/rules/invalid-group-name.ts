import { alb } from "../annotations/catalog.ts";
import { isGroupName } from "../annotations/group-name.ts";
import { asProblems, severityFor } from "../decision/value-faults.ts";
import { defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const invalidGroupName = defineRule({
  id: "invalid-group-name",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The name of an IngressGroup has 1 to 63 lower-case letters, digits, hyphens and periods.",
  remediation: "Write lower-case letters, digits, hyphens and periods, with a letter or a digit at both ends.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/group_loader.go:232-323",
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const { classification, read } = context;
  if (classification.outcome !== "served") return [];
  const ofClass = classification.params?.groupName;
  if (ofClass !== undefined) {
    if (isGroupName(ofClass)) return [];
    const message = `${quote(ofClass)}, which the IngressClassParams of the class say, ${consequence}`;
    const remedy =
      "Have the operator set spec.group.name of the IngressClassParams right, or use another IngressClass.";
    return [{ field: "spec.ingressClassName", message, remedy, ...severityFor(context, "read") }];
  }
  return read().flatMap((each): readonly Problem[] => {
    if (each.key !== alb.groupName || isGroupName(each.value)) return [];
    return asProblems(context, each, [{ message: `${quote(each.value)} ${consequence}` }]);
  });
}

const consequence =
  "is no name of an IngressGroup: the controller makes no load balancer, and takes the Ingress off one that it has";
