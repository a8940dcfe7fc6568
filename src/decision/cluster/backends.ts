import { alb } from "../../annotations/catalog.ts";
import { parseInteger, parseJson } from "../../annotations/parse.ts";
import type { Annotations, IngressBackend, IngressView } from "../subject.ts";

/** A Service of the Ingress' namespace and a port of it. */
export interface BackendTarget {
  readonly service: string;
  /** 0 where none is given. */
  readonly port: number | string;
}

/** What an Ingress sends to: each backend that is a Service, and what the actions annotations name that backends refer to. Without repeats. */
export function backendTargets({ defaultBackend, rules, annotations }: IngressView): readonly BackendTarget[] {
  const targets = new Map<string, BackendTarget>();
  const add = (target: BackendTarget): void => {
    targets.set(`${target.service}:${typeof target.port}:${target.port}`, target);
  };
  if (defaultBackend !== undefined) targetsOf(defaultBackend, annotations).forEach(add);
  for (const { paths } of rules) {
    for (const { backend } of paths) targetsOf(backend, annotations).forEach(add);
  }
  return [...targets.values()];
}

/** Those of one backend, as the controller reads it (enhanced_backend_builder.go:111-130). */
export function targetsOf(backend: IngressBackend, annotations: Annotations): readonly BackendTarget[] {
  switch (backend.kind) {
    case "resource":
      return [];
    case "service": {
      if (backend.port !== "use-annotation") return [{ service: backend.name, port: backend.port }];
      const action = annotations[`${alb.actions}.${backend.name}`];
      return action === undefined ? [] : actionTargets(action);
    }
  }
}

/** Of a forward action. A target group that exists already takes the place of Services. */
function actionTargets(raw: string): readonly BackendTarget[] {
  const action = parseJson(raw)?.value;
  if (member(action, "type") !== "forward") return [];
  if (isSet(member(action, "targetGroupARN")) || isSet(member(action, "targetGroupName"))) return [];
  const groups = member(member(action, "forwardConfig"), "targetGroups");
  if (!Array.isArray(groups)) return [];
  return groups.flatMap((group): readonly BackendTarget[] => {
    const service = member(group, "serviceName");
    return typeof service === "string" ? [{ service, port: actionPort(member(group, "servicePort")) }] : [];
  });
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** "80" is a number here, other than in a backend. */
function actionPort(raw: unknown): number | string {
  if (typeof raw === "number") return raw;
  return typeof raw === "string" ? (parseInteger(raw, 64) ?? raw) : 0;
}

/** A key of a JSON object as Go finds it: in upper or lower case, and of several the last. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
