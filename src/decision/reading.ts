import { catalogEntry } from "../annotations/catalog.ts";
import type { AnnotatedObject, AnnotationEntry, Reading } from "../annotations/catalog.ts";
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

/** What the AWS controller parses of an Ingress's annotations. */
export function readOnIngress(annotations: Annotations): readonly ReadAnnotation[] {
  const reading = { annotations, targetType: undefined, securityGroups: undefined };
  return readAnnotations("Ingress", { ...reading, listeners: () => [], isGateOn: () => true });
}

function readAnnotations(kind: AnnotatedObject, reading: Reading): readonly ReadAnnotation[] {
  const read: ReadAnnotation[] = [];
  for (const [key, value] of Object.entries(reading.annotations)) {
    const entry = catalogEntry(key, kind);
    if (entry === undefined || entry.readWhen?.(reading, key.slice(entry.key.length)) === false) continue;
    read.push({ key, value, entry });
  }
  return read;
}
