import { nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const proxyProtocolPortUnknown = defineRule({
  id: "proxy-protocol-port-unknown",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "Each port that is to send proxy protocol is a port of the Service.",
  remediation: "Write port numbers of spec.ports, in plain digits, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:342-361",
  onlyWith: [nlb.proxyProtocolPerTargetGroup],
  service,
});

/** EKS Auto Mode does not read the list, and under "*" it says nothing. */
function service({ service: { annotations, ports }, controller, inForce }: ServiceContext): readonly Problem[] {
  if (controller.name !== "aws-load-balancer-controller" || inForce.proxyProtocolPorts === undefined) return [];
  if (annotations[nlb.proxyProtocol] !== undefined) return [];
  const unknown = parseList(annotations[nlb.proxyProtocolPerTargetGroup] ?? "").filter(
    (item) => !ports.some(({ port }) => String(port) === item),
  );
  if (unknown.length === 0) return [];
  const message = `${quote(unknown.join(", "))} is no port of the Service, and the list switches proxy protocol off for every port that is not on it`;
  return [{ field: annotationField(nlb.proxyProtocolPerTargetGroup), message }];
}
