import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const nlbTargetTypeIgnored = defineRule({
  id: "nlb-target-type-ignored",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "The target type of an NLB is ip or instance, since any other value is passed over without an error.",
  remediation: 'Write "ip" or "instance", without blanks and in lower case, or delete the annotation.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:524-544",
  onlyWith: [nlb.targetType],
  service,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  const value = annotations[nlb.targetType];
  if (value === undefined || value === "ip" || value === "instance") return [];
  const consequence = readAs(controller.name, annotations[nlb.type]);
  if (consequence === undefined) return [];
  return [
    {
      field: annotationField(nlb.targetType),
      message: `${quote(value)} is neither "ip" nor "instance", ${consequence}`,
    },
  ];
}

/** undefined: the annotation is not what decides, or not for us to judge. */
function readAs(controller: ServiceContext["controller"]["name"], type: string | undefined): string | undefined {
  switch (controller) {
    case "aws-load-balancer-controller":
      return type === "nlb-ip" ? undefined : 'and the controller silently takes it for "instance"';
    case "eks-auto-mode":
      return "the two that EKS Auto Mode knows";
    case "cloud-controller-manager":
    case "other":
    case "nobody":
      return undefined;
  }
}
