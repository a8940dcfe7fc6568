import { defineRule, findPort, quote, useProblems } from "../decision/rule.ts";
import type { BackendContext, Problem } from "../decision/rule.ts";

export const backendPortInUse = defineRule({
  id: "backend-port-in-use",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "A Service keeps the ports to which an ALB's Ingress or a TargetGroupBinding refers.",
  remediation: "Add the new port beside the old one, turn to it what refers to the old one, then remove the old one.",
  source: "AWS Load Balancer Controller 3.5, pkg/k8s/service_utils.go:10-25",
  confirmable: true,
  backend,
});

function backend({ service, ingresses, bindings }: BackendContext): readonly Problem[] {
  const isGone = (reference: number | string): boolean => findPort(service, reference) === undefined;
  const ofIngresses = useProblems(ingresses, ({ name, ports }) =>
    ports.filter(isGone).map((reference) => {
      const message = `no port has the ${shown(reference)}, to which Ingress ${quote(name)} sends: the controller then changes nothing of its whole group`;
      return { field, message };
    }),
  );
  const ofBindings = bindings
    .filter(({ servicePort }) => isGone(servicePort))
    .map(({ name, servicePort }) => {
      const message = `no port has the ${shown(servicePort)}, to which TargetGroupBinding ${quote(name)} refers: all its targets are deregistered`;
      return { field, message };
    });
  return [...ofIngresses, ...ofBindings];
}

const field = "spec.ports";

function shown(reference: number | string): string {
  return typeof reference === "string" ? `name ${quote(reference)}` : `number ${reference}`;
}
