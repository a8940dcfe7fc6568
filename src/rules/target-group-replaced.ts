import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext, ServiceState } from "../decision/rule.ts";

export const targetGroupReplaced = defineRule({
  id: "target-group-replaced",
  kinds: ["Service"],
  severity: "warn",
  basis: "update-hazard",
  summary: "The target type, and the protocol of each port, of a load balancer that exists stay as they are.",
  remediation: "Make this change when a short outage does no harm, or on a second Service to which DNS is moved.",
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/target_group_synthesizer.go:160-180",
  updatesOnly: true,
  service(context) {
    const { controller, inForce, old } = context;
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    const [before, after] = [old.inForce.targetType, inForce.targetType];
    if (before !== undefined && after !== undefined && before !== after) {
      return [
        { field: targetTypeField(old, context), message: `from ${before} to ${after}: ${consequence("each port")}` },
      ];
    }
    return otherProtocols(old, context);
  },
});

function consequence(which: string): string {
  return `${which} gets a new, empty target group, and clients get no answer until targets are registered and healthy`;
}

function targetTypeField(old: ServiceState, { service }: ServiceContext): string {
  const isType = [old.service, service].some(({ annotations }) => annotations[nlb.type] === "nlb-ip");
  return annotationField(isType ? nlb.type : nlb.targetType);
}

/** A target group is found by its port's number. Certificates alone change the listener, which stays in place. */
function otherProtocols(old: ServiceState, { service, listeners }: ServiceContext): readonly Problem[] {
  const before = old.listeners().filter(({ isLost }) => !isLost);
  return listeners().flatMap((listener): readonly Problem[] => {
    const was = before.find(({ port }) => port === listener.port);
    if (listener.isLost || was === undefined || was.targetProtocol === listener.targetProtocol) return [];
    const change = `from ${was.targetProtocol} to ${listener.targetProtocol}`;
    const key =
      was.from.protocol === listener.from.protocol
        ? protocolKeys.find((name) => service.annotations[name] !== old.service.annotations[name])
        : undefined;
    const field =
      key === undefined ? `spec.ports[${service.ports.indexOf(listener.from)}].protocol` : annotationField(key);
    return [{ field, message: `${change}: ${consequence(`port ${listener.port}`)}` }];
  });
}

/** The annotations that give a port a protocol other than the one in spec.ports. */
const protocolKeys = [nlb.backendProtocol, nlb.sslPorts, nlb.sslCert, nlb.quicEnabledPorts, nlb.enableTcpUdpListener];
