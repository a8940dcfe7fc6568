import { nlb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const unreadableProxyProtocolAttribute = defineRule({
  id: "unreadable-proxy-protocol-attribute",
  kinds: ["Service"],
  severity: "warn",
  basis: "aws",
  summary: "The attribute proxy_protocol_v2.enabled of a target group is exactly true or false.",
  remediation:
    'Write "proxy_protocol_v2.enabled=true" or "proxy_protocol_v2.enabled=false", in lower case and with no comma at the end.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html",
  onlyWith: [nlb.targetGroupAttributes, `${nlb.targetGroupAttributes}.`],
  service,
});

function service({ service: { annotations, ports }, controller }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller) || isOverruled(annotations, controller)) return [];
  const base = attribute(annotations[nlb.targetGroupAttributes]);
  const passedOn = new Map<string, string>();
  for (const { port } of ports) {
    const key = `${nlb.targetGroupAttributes}.${port}`;
    const own = attribute(annotations[key]);
    if (own !== "") passedOn.set(key, own);
    else passedOn.set(nlb.targetGroupAttributes, base);
  }
  return [...passedOn].flatMap(([key, value]): readonly Problem[] => {
    if (value === "" || value === "true" || value === "false") return [];
    const message = `proxy_protocol_v2.enabled is ${quote(value)}, and AWS refuses it or leaves proxy protocol off`;
    return [{ field: annotationField(key), message }];
  });
}

/** The two annotations of its own for it win over the attribute; Auto Mode has neither. */
function isOverruled(
  annotations: ServiceContext["service"]["annotations"],
  { name }: ServiceContext["controller"],
): boolean {
  if (name === "eks-auto-mode") return false;
  return nlb.proxyProtocol in annotations || nlb.proxyProtocolPerTargetGroup in annotations;
}

/** An empty value counts as none (model_build_target_group.go:290-304,382). */
function attribute(raw: string | undefined): string {
  return parseMap(raw ?? "")?.get("proxy_protocol_v2.enabled") ?? "";
}
