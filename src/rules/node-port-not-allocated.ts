import { asFarAsKnown, asFarAsKnownOf, backendProblems, defineRule, findPort, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const nodePortNotAllocated = defineRule({
  id: "node-port-not-allocated",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A Service with instance targets has node ports.",
  remediation:
    'Set the annotation nlb-target-type to "ip", delete spec.allocateLoadBalancerNodePorts, or give each port a nodePort.',
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:540-542",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:205-209",
  },
  blocksInjection: true,
  onlyFor: ["no-node-ports"],
  service,
  ingress,
});

/** Of ports that share a number, the controller looks at the first one only. */
function service({ service: spec, controller, inForce, listeners }: ServiceContext): readonly Problem[] {
  if (spec.allocateLoadBalancerNodePorts !== false || inForce.targetType !== "instance") return [];
  const without = listeners().find(({ from: { nodePort = 0 }, isLost }) => nodePort === 0 && !isLost);
  if (without === undefined) return [];
  const message = `false leaves port ${without.port} without a node port, which instance targets need`;
  return [
    {
      field: "spec.allocateLoadBalancerNodePorts",
      message,
      identity: "no node port",
      ...asFarAsKnown(controller),
    },
  ];
}

function ingress(context: IngressContext): readonly Problem[] {
  return backendProblems(context, ({ target, service: backend, targetType }) => {
    if (targetType !== "instance" || backend === undefined) return undefined;
    const port = findPort(backend, target.port);
    if (port === undefined || (port.nodePort ?? 0) !== 0) return undefined;
    // A manifest that has not been at the API server has no families either.
    const mayGetSome = backend.type === "NodePort" || backend.type === "LoadBalancer";
    if (mayGetSome && backend.ipFamilies === undefined) return undefined;
    const name = quote(target.service);
    const message = `the Service ${name} of type ${backend.type} has no node port for its port ${port.port}, which instance targets need`;
    return { message, remedy, identity: `no node port ${name} ${port.port}`, ...asFarAsKnownOf(context) };
  });
}

const remedy = 'Set the annotation target-type to "ip", or give the Service a node port by the type NodePort.';
