import { asFarAsKnown, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const nodePortNotAllocated = defineRule({
  id: "node-port-not-allocated",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "A Service with instance targets has node ports.",
  remediation:
    'Set the annotation nlb-target-type to "ip", delete spec.allocateLoadBalancerNodePorts, or give each port a nodePort.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:540-542",
  blocksInjection: true,
  service,
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
