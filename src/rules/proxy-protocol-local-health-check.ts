import { nlb } from "../annotations/catalog.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const proxyProtocolLocalHealthCheck = defineRule({
  id: "proxy-protocol-local-health-check",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary:
    "Proxy protocol to node ports with externalTrafficPolicy Local does not leave the health check to kube-proxy over HTTP.",
  remediation:
    'Set the annotation nlb-target-type to "ip", set spec.externalTrafficPolicy to Cluster, or switch proxy protocol off; healthcheck-protocol "tcp" makes nodes healthy, but those without a pod, too.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html",
  onlyWith: [
    nlb.proxyProtocol,
    nlb.proxyProtocolPerTargetGroup,
    nlb.targetGroupAttributes,
    `${nlb.targetGroupAttributes}.`,
  ],
  service,
});

function service({ service: spec, controller, inForce }: ServiceContext): readonly Problem[] {
  const { annotations } = spec;
  if (!buildsNlb(controller)) return [];
  if (inForce.proxyProtocolPorts === undefined || inForce.proxyProtocolPorts.length === 0) return [];
  if (inForce.targetType !== "instance" || spec.externalTrafficPolicy !== "Local") return [];
  // A port of one's own takes the check away from kube-proxy, to something that may speak proxy protocol.
  if (annotations[nlb.healthcheckPort] !== undefined) return [];
  const protocol = annotations[nlb.healthcheckProtocol];
  if (protocol?.toLowerCase() === "tcp") return [];
  const shown = protocol === undefined ? '"http" by default' : quote(protocol);
  const message = `kube-proxy answers the health check (${shown}) and does not speak proxy protocol: no node would be healthy`;
  return [{ field: annotationField(nlb.healthcheckProtocol), message, identity: "kube-proxy answers" }];
}
