import { alb } from "../../annotations/catalog.ts";
import { backendUse } from "../ingress-use.ts";
import { annotationField, quote } from "../../text/quoting.ts";
import type { Backend, IngressContext, IngressState, Problem } from "../rule.ts";
import { routesOf } from "./routes.ts";
import type { Route } from "./routes.ts";

/** What is wrong with a backend of an Ingress. */
export interface BackendFault extends Omit<Problem, "field" | "identity"> {
  /** Left out: that of the first backend which leads there. */
  readonly field?: string;
  /** Of two faults with the same one the first is told, and it stays the same fault wherever it shows. */
  readonly identity: string;
}

/** A problem for each fault of what the Ingress sends to: a warning, where something that is not known may keep it from being read. */
export function backendProblems(
  context: IngressContext,
  faultOf: (backend: Backend) => BackendFault | undefined,
): readonly Problem[] {
  let faults: Map<string, Problem> | undefined;
  let routes: readonly Route[] | undefined;
  for (const backend of context.backends()) {
    const fault = faultOf(backend);
    if (fault === undefined || faults?.has(fault.identity) === true) continue;
    const field = fault.field ?? routeField((routes ??= routesOf(context.ingress)), backend);
    (faults ??= new Map()).set(fault.identity, { ...fault, field });
  }
  if (faults === undefined) return none;
  switch (backendUse(context)) {
    case "unread":
      return none;
    case "perhaps":
      return [...faults.values()].map((problem) => ({ ...problem, severity: "warn" }));
    case "read":
      return [...faults.values()];
  }
}

/**
 * A problem for each Service that gives itself ip targets, and one for the Ingress where it gives them to others. `which`: what is
 * wrong with the addresses of pods.
 */
export function ipTargetProblems(context: IngressContext, which: string): readonly Problem[] {
  const found = backendProblems(context, (backend) => {
    if (backend.targetType !== "ip") return undefined;
    return { ...ipTargetFault(context, backend, `means pod addresses, ${which}`), remedy: remedyOfIp };
  });
  const { ingress, albClass } = context;
  if (found.length > 0 || albClass === undefined || ingress.annotations[alb.targetType] !== "ip") return found;
  if (context.backends().every(({ targetType }) => targetType !== undefined)) return none;
  // IngressClassParams that are not known may say another one, and win.
  const severity = albClass.hasParams === false ? {} : ({ severity: "warn" } as const);
  const message = `"ip" means pod addresses, ${which}`;
  return [{ field: annotationField(alb.targetType), message, remedy: remedyOfIp, identity: "ip targets", ...severity }];
}

const remedyOfIp = 'Write "instance", and see that the Services have node ports.';

/** What is wrong with the ip targets of a backend, told of whoever gives them: once for all but for Services, which do so each. */
export function ipTargetFault(context: IngressState, backend: Backend, what: string): BackendFault {
  const { service } = backend.target;
  const by = targetTypeBy(context, backend);
  const field = targetTypeField(context, backend);
  const identity = by === "service" ? `ip targets of ${service}` : "ip targets";
  return { ...(field && { field }), message: `${ipTargets(by, service)} ${what}`, identity };
}

/** The backends of an Ingress that send to several target groups or to none as well; [] where the controller reads none. */
export function readRoutes(context: IngressContext): readonly Route[] {
  return backendUse(context) === "read" ? routesOf(context.ingress) : [];
}

/** Who gives a backend its target type, in the order in which they win (model_build_target_group.go:255-272). */
export type TargetTypeBy = "class" | "service" | "ingress" | "default";

export function targetTypeBy({ group, ingress }: IngressState, { service }: Backend): TargetTypeBy {
  if (group()?.own.classification.params?.targetType !== undefined) return "class";
  if (service?.annotations[alb.targetType] !== undefined) return "service";
  return ingress.annotations[alb.targetType] === undefined ? "default" : "ingress";
}

/** The field of the Ingress by which it has this target type. undefined: only the backend itself leads there. */
export function targetTypeField(context: IngressState, backend: Backend): string | undefined {
  switch (targetTypeBy(context, backend)) {
    case "class":
      return "spec.ingressClassName";
    case "service":
      return undefined;
    case "ingress":
    case "default":
      return annotationField(alb.targetType);
  }
}

/** EKS Auto Mode is closed source: what the AWS controller rejects will likely fail there too, but nobody can say for certain. */
export function asFarAsKnownOf({ classification }: Pick<IngressState, "classification">): {
  readonly severity?: "warn";
} {
  const isAutoMode = classification.outcome === "served" && classification.controller === "eks-auto-mode";
  return isAutoMode ? { severity: "warn" } : {};
}

function ipTargets(by: TargetTypeBy, service: string): string {
  switch (by) {
    case "class":
      return 'the target type "ip" of its IngressClassParams';
    case "service":
      return `the target-type "ip" of the Service ${quote(service)}`;
    case "ingress":
      return '"ip"';
    case "default":
      return "ip, by the controller's default,";
  }
}

const none: readonly Problem[] = [];

function routeField(routes: readonly Route[], { target: { service, port } }: Backend): string {
  const route = routes.find(({ targets }) => targets.some((each) => each.service === service && each.port === port));
  return route?.field ?? "spec.rules";
}
