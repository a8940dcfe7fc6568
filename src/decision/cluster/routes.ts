import { forwardCount } from "../../annotations/alb-json.ts";
import { alb } from "../../annotations/catalog.ts";
import { parseJson } from "../../annotations/parse.ts";
import { annotationField } from "../../text/quoting.ts";
import type { IngressBackend, IngressView } from "../subject.ts";
import { targetsOf } from "./backends.ts";
import type { BackendTarget } from "./backends.ts";

/** A backend of an Ingress, and what it leads to. */
export interface Route {
  /** The backend; of an action, the annotation that says where it leads. */
  readonly field: string;
  readonly targets: readonly BackendTarget[];
  /** How many target groups get the traffic, be they Services' or not. 0: the load balancer answers by itself. */
  readonly targetGroups: number;
}

/** Each backend that is a Service or an action, in the order of the spec. */
export function routesOf({ defaultBackend, rules, annotations }: IngressView): readonly Route[] {
  const route = (backend: IngressBackend, field: string): readonly Route[] => {
    if (backend.kind === "resource") return [];
    const targets = targetsOf(backend, annotations);
    if (backend.port !== "use-annotation") return [{ field, targets, targetGroups: 1 }];
    const key = `${alb.actions}.${backend.name}`;
    const action = parseJson(annotations[key] ?? "")?.value;
    return [{ field: annotationField(key), targets, targetGroups: forwardCount(action) }];
  };
  return [
    ...(defaultBackend === undefined ? [] : route(defaultBackend, "spec.defaultBackend")),
    ...rules.flatMap(({ paths }, index) =>
      paths.flatMap(({ backend }, at) => route(backend, `spec.rules[${index}].http.paths[${at}].backend`)),
    ),
  ];
}
