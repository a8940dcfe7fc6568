import { nlb } from "../annotations/catalog.ts";
import { parseBool, parseMap } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const invalidTargetGroupAttribute = defineRule({
  id: "invalid-target-group-attribute",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "The attribute preserve_client_ip.enabled of a target group is a boolean.",
  remediation:
    'Write "preserve_client_ip.enabled=true" or "preserve_client_ip.enabled=false", with no comma at the end, or leave it out.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:307-325",
  onlyWith: [nlb.targetGroupAttributes, `${nlb.targetGroupAttributes}.`],
  service,
});

function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value }): readonly Problem[] => {
    if (key !== nlb.targetGroupAttributes && !key.startsWith(`${nlb.targetGroupAttributes}.`)) return [];
    const flag = parseMap(value)?.get("preserve_client_ip.enabled");
    if (flag === undefined || parseBool(flag) !== undefined) return [];
    const message = `preserve_client_ip.enabled is ${quote(flag)}, which is not a boolean`;
    return [{ field: annotationField(key), message, ...asFarAsKnown(controller) }];
  });
}
