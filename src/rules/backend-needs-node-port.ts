import { defineRule, findPort, hasNodePort, quote, useProblems } from "../decision/rule.ts";
import type { BackendContext, Problem } from "../decision/rule.ts";

export const backendNeedsNodePort = defineRule({
  id: "backend-needs-node-port",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "A Service keeps the node ports that the instance targets of an Ingress or a TargetGroupBinding need.",
  remediation: 'Keep the type NodePort, or set the annotation target-type of the Ingress, or of this Service, to "ip".',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:205-209",
  confirmable: true,
  backend,
});

function backend({ service, ingresses, bindings }: BackendContext): readonly Problem[] {
  const ofIngresses = useProblems(ingresses, ({ name, ports, targetType }) =>
    targetType === "instance" ? problems(service, ports, `Ingress ${quote(name)}`) : [],
  );
  const ofBindings = bindings.flatMap(({ name, servicePort, targetType }) =>
    targetType === "instance"
      ? problems(service, [servicePort], `TargetGroupBinding ${quote(name)}`, { remedy: bindingRemedy })
      : [],
  );
  return [...ofIngresses, ...ofBindings];
}

const bindingRemedy = 'Keep the type NodePort, or bind a target group of type "ip" instead first.';

/** Of the first port without one. A port that is not there is another rule's. */
function problems(
  service: BackendContext["service"],
  references: readonly (number | string)[],
  user: string,
  details: Partial<Problem> = {},
): readonly Problem[] {
  const port = references
    .map((reference) => findPort(service, reference))
    .find((found) => found !== undefined && !hasNodePort(service, found));
  if (port === undefined) return [];
  const need = `which the instance targets of ${user} need`;
  const identity = `no node port for ${user}`;
  const { type, ports } = service;
  return [
    type === "NodePort" || type === "LoadBalancer"
      ? {
          field: `spec.ports[${ports.indexOf(port)}].nodePort`,
          message: `port ${port.port} has no node port, ${need}`,
          identity,
          ...details,
        }
      : {
          field: "spec.type",
          message: `${quote(type)} leaves port ${port.port} without a node port, ${need}`,
          identity,
          ...details,
        },
  ];
}
