import { asFarAsKnown, asFarAsKnownOf, backendProblems, defineRule, findPort, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const targetPortEmpty = defineRule({
  id: "target-port-empty",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "Each port of a Service leads to a port of its targets.",
  remediation: "Give the port a targetPort (for ip targets) or a nodePort (for instance targets) other than 0.",
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:140-145",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:205-209",
  },
  onlyFor: ["defaulted"],
  service,
  ingress,
});

/** The API server fills in both fields before the validating phase: until then 0 and nothing mean that it will. */
function service({ phase, service: spec, controller, inForce, listeners }: ServiceContext): readonly Problem[] {
  if (phase === "mutating") return [];
  return listeners().flatMap(({ port, from, index, isLost }): readonly Problem[] => {
    // Of ports that share a number, the controller looks at the first one only.
    const empty = isLost ? undefined : emptyField(from, inForce.targetType, spec.allocateLoadBalancerNodePorts);
    if (empty === undefined) return [];
    const message = `port ${port} has none, and without it no target group can be made`;
    const field = `spec.ports[${index}].${empty}`;
    return [{ field, message, identity: `${empty} of port ${port}`, ...asFarAsKnown(controller) }];
  });
}

function emptyField(
  { targetPort, nodePort = 0 }: ServiceContext["service"]["ports"][number],
  targetType: ServiceContext["inForce"]["targetType"],
  allocates: boolean | undefined,
): "targetPort" | "nodePort" | undefined {
  switch (targetType) {
    case "ip":
      return targetPort === 0 ? "targetPort" : undefined;
    case "instance":
      // The API server writes `true` where the author wrote nothing; `false` is for node-port-not-allocated.
      return nodePort === 0 && allocates === true ? "nodePort" : undefined;
    case undefined:
      return undefined;
  }
}

/** A node port of 0 is for node-port-not-allocated. */
function ingress(context: IngressContext): readonly Problem[] {
  return backendProblems(context, ({ target, service: backend, targetType }) => {
    if (targetType !== "ip" || backend === undefined) return undefined;
    const port = findPort(backend, target.port);
    // Left out, it is what the API server made of it: nothing but in a manifest.
    const isEmpty = port?.targetPort === 0 || (port?.targetPort === undefined && backend.ipFamilies !== undefined);
    if (port === undefined || !isEmpty) return undefined;
    const name = quote(target.service);
    const message = `port ${port.port} of the Service ${name} has no targetPort, and without it no target group can be made`;
    const remedy = "Give the port of the Service a targetPort other than 0.";
    return { message, remedy, identity: `no targetPort ${name} ${port.port}`, ...asFarAsKnownOf(context) };
  });
}
