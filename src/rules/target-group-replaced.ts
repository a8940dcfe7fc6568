import { alb, nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Backend, IngressContext, IngressState, Problem, ServiceContext, ServiceState } from "../decision/rule.ts";

export const targetGroupReplaced = defineRule({
  id: "target-group-replaced",
  kinds: ["Service", "Ingress"],
  severity: "warn",
  basis: "update-hazard",
  summary: "The target type, and the protocol of each port, of a load balancer that exists stay as they are.",
  remediation: "Make this change when a short outage does no harm, or on a second object to which DNS is moved.",
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
  ingress,
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

/** Each port of a Service that the Ingress went on sending to, by what its target group is made from. */
function ingress(context: IngressContext): readonly Problem[] {
  const { old } = context;
  const group = context.group()?.id;
  const before = old?.group()?.id;
  // With another load balancer all of them are new, and other rules say so.
  if (old?.provisioned !== true || group === undefined || before?.controller !== group.controller) return [];
  if (before.kind !== group.kind || before.name !== group.name) return [];
  const backends = old.backends();
  const problems = context.backends().flatMap((backend): readonly Problem[] => {
    const { service, port } = backend.target;
    const was = backends.find(({ target }) => target.service === service && target.port === port);
    if (was === undefined) return [];
    const change = ingressChange(was, backend, old, context);
    if (change === undefined) return [];
    const message = `${change.what}: ${consequence(`port ${port} of the Service ${quote(service)}`)}`;
    return [{ field: change.field, message }];
  });
  return problems;
}

interface Change {
  readonly field: string;
  readonly what: string;
}

function ingressChange(
  was: Backend,
  backend: Backend,
  old: IngressState,
  { ingress: { annotations } }: IngressContext,
): Change | undefined {
  const [before, after] = [was.targetType, backend.targetType];
  if (before !== undefined && after !== undefined && before !== after) {
    const isOwn = annotations[alb.targetType] !== old.ingress.annotations[alb.targetType];
    const field = isOwn ? annotationField(alb.targetType) : "spec.ingressClassName";
    return { field, what: `from ${before} to ${after}` };
  }
  for (const [key, otherwise] of protocols) {
    const [from = otherwise, to = otherwise] = [old.ingress.annotations[key], annotations[key]];
    if (from === to || backend.service?.annotations[key] !== undefined) continue;
    return { field: annotationField(key), what: `from ${quote(from)} to ${quote(to)}` };
  }
  return undefined;
}

/** With their defaults. The word of a Service goes before that of the Ingress. */
const protocols = [
  [alb.backendProtocol, "HTTP"],
  [alb.backendProtocolVersion, "HTTP1"],
] as const;
