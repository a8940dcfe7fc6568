import { ingressClassAnnotation } from "../../annotations/catalog.ts";
import { UnreadableObject, list, missing, none, record, string } from "../raw.ts";
import type { Raw } from "../raw.ts";
import { ingressView, serviceView } from "../subject.ts";
import { apiOf, identity, nameOf } from "./metadata.ts";
import type { ParamsApi } from "./metadata.ts";
import type { Reading } from "./statements.ts";
import type { Annotations, IngressView, ServicePort } from "../subject.ts";

/**
 * Other objects of the cluster, reduced to what rules read. They are kept by the ten thousand, so nothing here refers to the raw
 * object, and what is empty is shared.
 */

export interface IngressObject {
  readonly namespace: string;
  readonly name: string;
  /** Annotations of other software, but for the class annotation, are left out. */
  readonly view: IngressView;
  /** What has been read of it so far (statements.ts). It goes when the object does, which a map of weak keys notices late. */
  reading?: Reading | undefined;
}

export interface IngressClassView {
  readonly name: string;
  readonly controller: string;
  /** Annotated as the class of Ingresses that name none. */
  readonly isDefault: boolean;
  readonly parameters: ClassParameters | undefined;
}

export interface ClassParameters {
  readonly apiGroup: string | undefined;
  readonly kind: string;
  readonly name: string;
}

/** A Service, as what sends traffic to it sees it. */
export interface BackendService {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly ports: readonly ServicePort[];
  /** undefined: not allocated, as of an ExternalName Service. */
  readonly ipFamilies: readonly string[] | undefined;
  /** Those of the AWS controller's ALBs only. */
  readonly annotations: Annotations;
  readonly terminating: boolean;
}

/** A TargetGroupBinding. */
export interface BindingView {
  readonly api: ParamsApi;
  readonly namespace: string;
  readonly name: string;
  readonly serviceName: string;
  readonly servicePort: number | string;
  readonly targetType: string | undefined;
  readonly ipAddressType: string | undefined;
  readonly hasNodeSelector: boolean;
  /** CIDRs of `spec.networking.ingress[].from[].ipBlock`. */
  readonly ipBlocks: readonly string[];
  /** A controller made it for an Ingress, a Service or a Gateway, and keeps it in step itself. */
  readonly isControllers: boolean;
  readonly terminating: boolean;
}

/** Throws UnreadableObject naming the first field of a wrong type, as all of these readers do. */
export function ingressObject(raw: unknown): IngressObject {
  const view = ingressView(raw);
  const { namespace, name } = identity(raw);
  return {
    namespace,
    name,
    view: { ...view, annotations: kept(view.annotations, ingressPrefixes) },
    reading: undefined,
  };
}

export function ingressClassView(raw: unknown): IngressClassView {
  const object = record(raw, "object") ?? missing("object");
  const metadata = record(object["metadata"], "metadata") ?? missing("metadata");
  const annotations = record(metadata["annotations"], "metadata.annotations") ?? {};
  const spec = record(object["spec"], "spec") ?? {};
  const parameters = record(spec["parameters"], "spec.parameters");
  return {
    name: nameOf(metadata),
    controller: string(spec["controller"], "spec.controller") ?? "",
    isDefault: annotations["ingressclass.kubernetes.io/is-default-class"] === "true",
    parameters: parameters && {
      apiGroup: string(parameters["apiGroup"], "spec.parameters.apiGroup"),
      kind: string(parameters["kind"], "spec.parameters.kind") ?? "",
      name: string(parameters["name"], "spec.parameters.name") ?? "",
    },
  };
}

export function backendService(raw: unknown): BackendService {
  const { type, ports, ipFamilies, annotations, terminating } = serviceView(raw);
  return { ...identity(raw), type, ports, ipFamilies, annotations: kept(annotations, servicePrefixes), terminating };
}

export function bindingView(raw: unknown): BindingView {
  const object = record(raw, "object") ?? missing("object");
  const metadata = record(object["metadata"], "metadata") ?? missing("metadata");
  const spec = record(object["spec"], "spec") ?? {};
  const reference = record(spec["serviceRef"], "spec.serviceRef") ?? {};
  const networking = record(spec["networking"], "spec.networking");
  return {
    api: apiOf(object),
    ...identity(raw),
    serviceName: string(reference["name"], "spec.serviceRef.name") ?? "",
    servicePort: portReference(reference["port"], "spec.serviceRef.port"),
    targetType: string(spec["targetType"], "spec.targetType"),
    ipAddressType: string(spec["ipAddressType"], "spec.ipAddressType"),
    hasNodeSelector: record(spec["nodeSelector"], "spec.nodeSelector") !== undefined,
    ipBlocks: ipBlocks(networking?.["ingress"]),
    isControllers: isControllers(record(metadata["labels"], "metadata.labels") ?? {}),
    terminating: metadata["deletionTimestamp"] !== undefined && metadata["deletionTimestamp"] !== null,
  };
}

const albPrefix = "alb.ingress.kubernetes.io/";
const servicePrefixes: readonly string[] = [albPrefix];
const ingressPrefixes: readonly string[] = [albPrefix, ingressClassAnnotation, "dualstack.dev/"];
const noAnnotations: Annotations = {};

function kept(annotations: Annotations, prefixes: readonly string[]): Annotations {
  let result: Record<string, string> | undefined;
  for (const key in annotations) {
    const value = annotations[key];
    if (value === undefined || !prefixes.some((prefix) => key.startsWith(prefix))) continue;
    result ??= {};
    result[key] = value;
  }
  return result ?? noAnnotations;
}

function portReference(raw: unknown, at: string): number | string {
  if (raw === undefined || raw === null) return 0;
  if (typeof raw !== "string" && typeof raw !== "number") throw new UnreadableObject(at, "a number or a string");
  return raw;
}

function ipBlocks(ingress: unknown): readonly string[] {
  const at = "spec.networking.ingress";
  const blocks = list(ingress, at).flatMap((rule, index) =>
    list(record(rule, `${at}[${index}]`)?.["from"], `${at}[${index}].from`).flatMap((peer, peerIndex) => {
      const from = `${at}[${index}].from[${peerIndex}]`;
      const block = record(record(peer, from)?.["ipBlock"], `${from}.ipBlock`);
      const cidr = string(block?.["cidr"], `${from}.ipBlock.cidr`);
      return cidr === undefined ? [] : [cidr];
    }),
  );
  return blocks.length === 0 ? none : blocks;
}

/** Labels of a stack: pkg/deploy/tracking/provider.go:133-144, pkg/gateway/constants.go:40,49; EKS Auto Mode's have its own domain. */
const stackPrefixes = [
  "ingress.k8s.aws",
  "service.k8s.aws",
  "gateway.k8s.aws.alb",
  "gateway.k8s.aws.nlb",
  "ingress.eks.amazonaws.com",
  "service.eks.amazonaws.com",
];

function isControllers(labels: Raw): boolean {
  return stackPrefixes.some(
    (prefix) =>
      labels[`${prefix}/stack`] !== undefined ||
      (labels[`${prefix}/stack-namespace`] !== undefined && labels[`${prefix}/stack-name`] !== undefined),
  );
}
