import { alb, nlb } from "../annotations/catalog.ts";
import { parseInteger } from "../annotations/parse.ts";
import {
  annotationField,
  asFarAsKnown,
  asFarAsKnownOf,
  backendProblems,
  buildsNlb,
  defineRule,
  findPort,
  quote,
} from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const healthCheckPortUnresolved = defineRule({
  id: "health-check-port-unresolved",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "The health check's port is traffic-port, a number, or the name of a port that has a number.",
  remediation: 'Write "traffic-port", the number on which the targets answer, or the name of a port of this Service.',
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:432-453",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:408",
  },
  onlyWith: { service: [nlb.healthcheckPort] },
  service,
  ingress,
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
  return [{ ...problem, message, remedy: remedyOfName }];
}

/** That of the Service wins over that of the Ingress (pkg/ingress/model_build_target_group.go:385-410). */
function ingress(context: IngressContext): readonly Problem[] {
  const ofIngress = context.ingress.annotations[alb.healthcheckPort];
  return backendProblems(context, ({ target, service: backend, targetType }) => {
    const ofService = backend?.annotations[alb.healthcheckPort];
    const value = ofService ?? ofIngress;
    if (backend === undefined || value === undefined) return undefined;
    if (value === "traffic-port" || parseInteger(value, 32) !== undefined) return undefined;
    const name = quote(target.service);
    const isOfService = ofService !== undefined;
    const what = isOfService ? `the healthcheck-port ${quote(value)} of the Service ${name}` : quote(value);
    const where = isOfService ? "there" : `of the Service ${name}`;
    const problem = {
      remedy: remedyOfIngress,
      identity: `health check port of ${name}`,
      ...(isOfService ? {} : { field: annotationField(alb.healthcheckPort) }),
      ...asFarAsKnownOf(context),
    };
    const named = findPort(backend, value);
    if (named === undefined) return { ...problem, message: `${what} is no number, and no port ${where} has this name` };
    if (targetType !== "ip" || typeof named.targetPort !== "string") return undefined;
    const message = `${what} leads to the targetPort ${quote(named.targetPort)} ${where}, a name, and the health check of ip targets needs a number`;
    return { ...problem, message, remedy: remedyOfName };
  });
}

const remedyOfIngress =
  'Write "traffic-port", the number on which the targets answer, or the name of a port of each Service behind the Ingress.';
const remedyOfName = "Write the number on which the pods answer, or give that port a targetPort that is a number.";
