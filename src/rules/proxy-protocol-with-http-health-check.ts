import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const proxyProtocolWithHttpHealthCheck = defineRule({
  id: "proxy-protocol-with-http-health-check",
  kinds: ["Service"],
  severity: "warn",
  basis: "aws",
  summary: "An HTTP health check on a port of its own does not meet proxy protocol there.",
  remediation:
    'Set the annotation healthcheck-protocol to "tcp" or healthcheck-port to "traffic-port", unless that port reads proxy protocol v2.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html",
  onlyWith: [nlb.healthcheckProtocol],
  blocksInjection: true,
  service,
});

function service({ service: { annotations }, inForce, listeners }: ServiceContext): readonly Problem[] {
  const protocol = annotations[nlb.healthcheckProtocol] ?? "";
  const port = annotations[nlb.healthcheckPort];
  if (!/^https?$/i.test(protocol)) return [];
  // On the traffic port the check passes as soon as anything does.
  if (port === undefined || port === "traffic-port") return [];
  const carriers = listeners().filter(
    (listener) => !listener.isLost && inForce.proxyProtocolPorts?.includes(listener.port) === true,
  );
  const isRead = carriers.some(({ from: { name, nodePort, targetPort } }) => {
    return name === port || String(inForce.targetType === "instance" ? nodePort : targetPort) === port;
  });
  if (carriers.length === 0 || isRead) return [];
  const message = `health checks carry the proxy protocol header, too: what answers ${quote(protocol)} on port ${quote(port)} has to read it, or no target is healthy`;
  return [{ field: annotationField(nlb.healthcheckProtocol), message }];
}
