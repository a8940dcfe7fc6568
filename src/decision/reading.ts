import { alb, catalogEntry } from "../annotations/catalog.ts";
import type { AnnotatedObject, AnnotationEntry, Reading } from "../annotations/catalog.ts";
import type { Served } from "./cluster/classify.ts";
import type { IngressClassParamsView } from "./cluster/class-params.ts";
import type { Controller } from "./controller.ts";
import type { ClusterProfile } from "./facts.ts";
import type { ServiceInForce } from "./in-force.ts";
import type { Listener } from "./listeners.ts";
import type { Annotations, ServiceView } from "./subject.ts";

/** An annotation that the controller in charge parses, and how. */
export interface ReadAnnotation {
  readonly key: string;
  readonly value: string;
  readonly entry: AnnotationEntry;
}

/** What the controller in charge of a Service parses of its annotations, in their order; the in-tree one has a grammar of its own. */
export function readOnService(
  { annotations }: ServiceView,
  controller: Controller,
  { targetType, securityGroups }: ServiceInForce,
  listeners: () => readonly Listener[],
  { featureGates }: ClusterProfile,
): readonly ReadAnnotation[] {
  if (controller.name !== "aws-load-balancer-controller" && controller.name !== "eks-auto-mode") return [];
  const isGateOn: Reading["isGateOn"] = (gate) => featureGates[gate];
  const reading = { annotations, targetType, securityGroups, listeners, isGateOn };
  const read = readAnnotations("Service", reading);
  return controller.name === "eks-auto-mode" ? read.filter(({ entry }) => entry.autoModeTakes === undefined) : read;
}

/**
 * What the controller in charge may parse of an Ingress's annotations: none in whose place its IngressClassParams are read. Group
 * and backends decide about some of them: see useOf() in ./ingress-use.ts.
 */
export function readOnIngress(annotations: Annotations, { params, controller }: Served): readonly ReadAnnotation[] {
  const reading = { annotations, targetType: undefined, securityGroups: undefined };
  const read = readAnnotations("Ingress", { ...reading, listeners: () => [], isGateOn: () => true });
  const isUnread = ({ key, entry }: ReadAnnotation): boolean =>
    (controller === "eks-auto-mode" && entry.autoModeTakes !== undefined) ||
    (params !== undefined && isOverruled(key, params));
  return read.some(isUnread) ? read.filter((each) => !isUnread(each)) : read;
}

/** Whether IngressClassParams set what an annotation would: then nobody looks at it, even where it is no value at all. */
export function isOverruled(key: string, params: IngressClassParamsView): boolean {
  const field = overruling.get(key);
  return field !== undefined && params[field] !== undefined;
}

/** Whether there is a field of IngressClassParams that takes the annotation's place. */
export function canBeOverruled(key: string): boolean {
  return overruling.has(key);
}

/**
 * group_loader.go:234-242; model_build_load_balancer.go:100-104, 141-145, 173-177, 207-221; model_build_target_group.go:258;
 * model_build_listener.go:195, 277, 304, 314; model_builder.go:515-529. Tags and load balancer attributes are merged by key, those
 * of a web ACL both count; capacity, attributes and IPAM pool are those of the class of the group's first member only.
 */
const overruling: ReadonlyMap<string, keyof IngressClassParamsView> = new Map([
  [alb.groupName, "groupName"],
  [alb.scheme, "scheme"],
  [alb.ipAddressType, "ipAddressType"],
  [alb.loadBalancerName, "loadBalancerName"],
  [alb.targetType, "targetType"],
  [alb.subnets, "subnets"],
  [alb.inboundCidrs, "inboundCidrs"],
  [alb.securityGroupPrefixLists, "prefixListIds"],
  [alb.certificateArn, "certificateArns"],
  [alb.sslPolicy, "sslPolicy"],
  [alb.sslRedirect, "sslRedirectPort"],
]);

function readAnnotations(kind: AnnotatedObject, reading: Reading): readonly ReadAnnotation[] {
  const read: ReadAnnotation[] = [];
  for (const [key, value] of Object.entries(reading.annotations)) {
    const entry = catalogEntry(key, kind);
    if (entry === undefined || entry.readWhen?.(reading, key.slice(entry.key.length)) === false) continue;
    read.push({ key, value, entry });
  }
  return read;
}
