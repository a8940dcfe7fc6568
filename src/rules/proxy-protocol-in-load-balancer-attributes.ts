import { nlb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const proxyProtocolInLoadBalancerAttributes = defineRule({
  id: "proxy-protocol-in-load-balancer-attributes",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "Proxy protocol is not written among the attributes of the load balancer, which has none of this name.",
  remediation: `Put "proxy_protocol_v2.enabled=true" into the annotation ${nlb.targetGroupAttributes}, and take it out of this one.`,
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html",
  onlyWith: [nlb.attributes],
  service,
});

/** The first is the target group's; the second stood in the EKS user guide. */
const misplaced = ["proxy_protocol_v2.enabled", "proxy_protocol.v2.enabled"];

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  const raw = annotations[nlb.attributes];
  if (!buildsNlb(controller) || raw === undefined) return [];
  const attributes = parseMap(raw);
  return misplaced.flatMap((key): readonly Problem[] => {
    if (attributes?.has(key) !== true) return [];
    const message = `AWS knows no load balancer attribute ${quote(key)}, and would refuse all of them`;
    return [{ field: annotationField(nlb.attributes), message }];
  });
}
