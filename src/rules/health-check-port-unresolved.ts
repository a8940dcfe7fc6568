import { nlb } from "../annotations/catalog.ts";
import { parseInteger } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const healthCheckPortUnresolved = defineRule({
  id: "health-check-port-unresolved",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "The health check's port is traffic-port, a number, or the name of a port that has a number.",
  remediation: 'Write "traffic-port", the number on which the targets answer, or the name of a port of this Service.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:432-453",
  onlyWith: [nlb.healthcheckPort],
  service,
});

function service({ service: { annotations, ports }, controller, inForce }: ServiceContext): readonly Problem[] {
  const value = annotations[nlb.healthcheckPort];
  if (value === undefined || !buildsNlb(controller)) return [];
  // Any number of 32 bits passes, be it a port or not.
  if (value === "traffic-port" || parseInteger(value, 32) !== undefined) return [];
  const problem = { field: annotationField(nlb.healthcheckPort), ...asFarAsKnown(controller) };
  const named = ports.find(({ name }) => name === value);
  if (named === undefined) return [{ ...problem, message: `${quote(value)} is no number, and no port has this name` }];
  if (inForce.targetType !== "ip" || typeof named.targetPort !== "string") return [];
  const message = `${quote(value)} has the targetPort ${quote(named.targetPort)}, a name, and the health check of ip targets needs a number`;
  const remedy = "Write the number on which the pods answer, or give that port a targetPort that is a number.";
  return [{ ...problem, message, remedy }];
}
