import { alb, ingressClassAnnotation } from "../../src/annotations/catalog.ts";
import { parseList } from "../../src/annotations/parse.ts";
import { targetsOf } from "../../src/decision/cluster/backends.ts";
import type { BackendTarget } from "../../src/decision/cluster/backends.ts";
import type { IngressClassParamsView } from "../../src/decision/cluster/class-params.ts";
import type { BackendService, IngressObject } from "../../src/decision/cluster/views.ts";
import { annotationField } from "../../src/decision/rule.ts";
import type { Annotations, IngressBackend, ServicePort } from "../../src/decision/subject.ts";
import type { IngressCase } from "./ingress-case.ts";

/**
 * Which fields of an Ingress a right rule may name for a fault: where the author of this Ingress can do something about it. A
 * value that its class brings along is named by what chooses the class, the fault of a Service by the backend that leads to it.
 */

/** What chooses the class. */
export const classFields: readonly string[] = ["spec.ingressClassName", annotationField(ingressClassAnnotation)];

/** Of a value of the load balancer. */
export function settingFields(given: IngressCase, key: string): readonly string[] {
  const params = paramsOf(given, subject(given));
  return [annotationField(key), ...(params !== undefined && isSetBy(params, key) ? classFields : [])];
}

/**
 * Of a value of a target group: a Service states it before the Ingress does (model_build_target_group.go:164). `isAtFault`: where
 * the controller's text tells the value.
 */
export function mergedFields(
  given: IngressCase,
  key: string,
  isAtFault: (value: string) => boolean = () => true,
): readonly string[] {
  const states = ({ annotations }: { readonly annotations: Annotations }): boolean => {
    const value = annotations[key];
    return value !== undefined && isAtFault(value);
  };
  const ofServices = matchingBackends(given, ({ targets }) =>
    targets.some(({ service }) => {
      const found = given.cluster.service(given.namespace, service);
      return found !== undefined && states(found);
    }),
  );
  const isStatedHere = states(given.ingress) || ofServices.length === 0;
  return [...(isStatedHere ? [annotationField(key)] : []), ...ofServices];
}

interface Backend {
  readonly field: string;
  readonly backend: IngressBackend;
  readonly targets: readonly BackendTarget[];
}

/** Of the backends with a fault; where none is known to have it, of all. */
export function backendFields(given: IngressCase, isAtFault: (backend: Backend) => boolean): readonly string[] {
  const fields = matchingBackends(given, isAtFault);
  return fields.length > 0 ? fields : matchingBackends(given, () => true);
}

export function isResource(backend: IngressBackend): boolean {
  return backend.kind === "resource";
}

/** Each backend that takes its action from an annotation, and this annotation. */
export function actionFields(given: IngressCase): readonly string[] {
  return matchingBackends(given, ({ backend }) => actionKey(backend) !== undefined);
}

/** Of a path, or of all. */
export function pathFields({ ingress }: IngressCase, path?: string): readonly string[] {
  return ingress.rules.flatMap(({ paths }, index) =>
    paths.flatMap((each, pathIndex) =>
      path === undefined || each.path === path ? [`spec.rules[${index}].http.paths[${pathIndex}]`] : [],
    ),
  );
}

/** By number or name, as the controller looks it up. */
export function portOf({ ports }: BackendService, named: number | string): ServicePort | undefined {
  return ports.find(({ port, name }) => (typeof named === "number" ? port === named : name === named));
}

/** Any Ingress of the case. */
export type Member = IngressObject;

export function subject({ namespace, name, ingress }: IngressCase): Member {
  return { namespace, name, view: ingress };
}

/** The other members of its group; where that could not be loaded, all that may be. */
export function otherMembers({ others, verdict }: IngressCase): readonly Member[] {
  const { groupMembers, inactiveMembers } = verdict;
  if (groupMembers === undefined) return others;
  const keys = [...groupMembers, ...inactiveMembers];
  return others.filter(({ namespace, name }) => keys.includes(`${namespace}/${name}`));
}

/** In an annotation, or in its class' parameters. */
export function isStatedBy(given: IngressCase, member: Member, key: string): boolean {
  const params = paramsOf(given, member);
  return key in member.view.annotations || (params !== undefined && isSetBy(params, key));
}

/** What the members of the group say, in a form in which equal values are equal. */
export function valuesOf(given: IngressCase, key: string): ReadonlySet<string> {
  const values = [subject(given), ...otherMembers(given)].flatMap((member): readonly string[] => {
    const params = paramsOf(given, member);
    const ofClass = params === undefined ? undefined : paramsValue(params, key);
    if (ofClass !== undefined) return [typeof ofClass === "string" ? ofClass : JSON.stringify(ofClass)];
    const value = member.view.annotations[key];
    if (value === undefined) return [];
    return [key === alb.scheme ? value : JSON.stringify(comparable(parseList(value), key))];
  });
  return new Set(values);
}

/** undefined also where the class annotation bypasses them (group_loader.go:196-210). */
export function paramsOf(given: IngressCase, { view }: Member): IngressClassParamsView | undefined {
  if (ingressClassAnnotation in view.annotations) return undefined;
  const found = given.classes.find(({ name, isDefault }) =>
    view.ingressClassName === undefined ? isDefault : name === view.ingressClassName,
  );
  const name = found?.parameters?.name;
  return name === undefined ? undefined : given.params.find((params) => params.name === name);
}

function matchingBackends(given: IngressCase, matches: (backend: Backend) => boolean): readonly string[] {
  return backendsOf(given)
    .filter(matches)
    .flatMap(({ field, backend }) => {
      const key = actionKey(backend);
      return key === undefined ? [field] : [field, annotationField(key)];
    });
}

function backendsOf({ ingress: { defaultBackend, rules, annotations } }: IngressCase): readonly Backend[] {
  const routed = rules.flatMap(({ paths }, index) =>
    paths.map(({ backend }, pathIndex) => ({
      field: `spec.rules[${index}].http.paths[${pathIndex}].backend`,
      backend,
    })),
  );
  const first = defaultBackend === undefined ? [] : [{ field: "spec.defaultBackend", backend: defaultBackend }];
  return [...first, ...routed].map((each) => ({ ...each, targets: targetsOf(each.backend, annotations) }));
}

function actionKey(backend: IngressBackend): string | undefined {
  return backend.kind === "service" && backend.port === "use-annotation" ? `${alb.actions}.${backend.name}` : undefined;
}

function isSetBy(params: IngressClassParamsView, key: string): boolean {
  return paramsValue(params, key) !== undefined;
}

function paramsValue(params: IngressClassParamsView, key: string): unknown {
  const field = paramsFields[key];
  return field === undefined ? undefined : params[field];
}

/** The field that takes an annotation's place. */
const paramsFields: Readonly<Record<string, keyof IngressClassParamsView>> = {
  [alb.groupName]: "groupName",
  [alb.loadBalancerName]: "loadBalancerName",
  [alb.scheme]: "scheme",
  [alb.ipAddressType]: "ipAddressType",
  [alb.targetType]: "targetType",
  [alb.inboundCidrs]: "inboundCidrs",
  [alb.securityGroupPrefixLists]: "prefixListIds",
  [alb.certificateArn]: "certificateArns",
  [alb.sslPolicy]: "sslPolicy",
  [alb.sslRedirect]: "sslRedirectPort",
  [alb.subnets]: "subnets",
  [alb.tags]: "tags",
  [alb.loadBalancerAttributes]: "loadBalancerAttributes",
  [alb.minimumLoadBalancerCapacity]: "minimumCapacityUnits",
  [alb.ipamIpv4PoolId]: "ipv4IpamPoolId",
  [alb.wafv2AclArn]: "wafv2AclArn",
  [alb.wafv2AclName]: "wafv2AclName",
};

/** The order counts for security groups only. */
function comparable(items: readonly string[], key: string): readonly string[] {
  return key === alb.securityGroups ? items : items.toSorted();
}
