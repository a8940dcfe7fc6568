import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const externalWithoutTargetType = defineRule({
  id: "external-without-target-type",
  kinds: ["Service"],
  severity: "deny",
  basis: "ignored-intent",
  summary:
    "A Service that type external hands to the AWS Load Balancer Controller names a target type, or no one takes it.",
  remediation: 'Set the annotation to "ip" or "instance", or choose the controller by spec.loadBalancerClass.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/service_utils.go:47-77",
  onlyWith: [nlb.type],
  service,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  if (controller.name !== "nobody" || controller.chosenBy !== "type-annotation") return [];
  const value = annotations[nlb.targetType];
  const type = annotations[nlb.type] ?? "";
  if (type === "nlb-ip" || value === "ip" || value === "instance") {
    const message = `no controller takes a Service of type ${quote(type)}: the gate EnableServiceController is off, and the in-tree controller lets go of it`;
    return [{ field: annotationField(nlb.type), message, remedy: "Delete the annotation, or switch the gate on." }];
  }
  const fault = value === undefined ? "is missing" : `is ${quote(value)}`;
  return [
    {
      field: annotationField(nlb.targetType),
      message: `no controller takes a Service of type "external" whose target type ${fault}: it would stay pending for ever`,
    },
  ];
}
