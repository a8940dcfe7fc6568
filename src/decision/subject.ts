import type { BindingView } from "./cluster/views.ts";
import { UnreadableObject, boolean, list, missing, none, number, record, string, strings, views } from "./raw.ts";
import type { Raw } from "./raw.ts";

export { UnreadableObject };

/**
 * The object under review, reduced to what rules may read. Nothing is cloned: annotations are the raw object's own map.
 * Reading is tolerant of what we do not own (unknown fields pass) and strict about the types of what we do read.
 */
export type Kind = "Service" | "Ingress" | "TargetGroupBinding";
export type Operation = "CREATE" | "UPDATE";
/** In the mutating phase ipFamilies and node ports are not allocated yet, in the validating phase they are. */
export type Phase = "mutating" | "validating";
export type Annotations = Readonly<Record<string, string>>;

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly nodePort: number | undefined;
  readonly targetPort: number | string | undefined;
}

interface ObjectView {
  readonly annotations: Annotations;
  readonly finalizers: readonly string[];
  /** `metadata.deletionTimestamp` is set. */
  readonly terminating: boolean;
  /** `status.loadBalancer.ingress` has an entry. */
  readonly hasAddress: boolean;
}

export interface ServiceView extends ObjectView {
  readonly kind: "Service";
  readonly type: string;
  readonly loadBalancerClass: string | undefined;
  readonly ports: readonly ServicePort[];
  /** undefined: not allocated yet. */
  readonly ipFamilies: readonly string[] | undefined;
  readonly ipFamilyPolicy: string | undefined;
  /** Of an author who asks for an address, or allocated. */
  readonly clusterIP: string | undefined;
  readonly externalTrafficPolicy: string | undefined;
  readonly allocateLoadBalancerNodePorts: boolean | undefined;
  readonly loadBalancerSourceRanges: readonly string[];
  /** `status.loadBalancer.ingress[].hostname`. */
  readonly hostnames: readonly string[];
}

export interface IngressView extends ObjectView {
  readonly kind: "Ingress";
  readonly ingressClassName: string | undefined;
  readonly defaultBackend: IngressBackend | undefined;
  readonly rules: readonly IngressRule[];
  /** `spec.tls[].hosts`. */
  readonly tlsHosts: readonly string[];
}

export interface IngressRule {
  readonly host: string | undefined;
  readonly paths: readonly IngressPath[];
}

export interface IngressPath {
  readonly path: string | undefined;
  readonly pathType: string | undefined;
  readonly backend: IngressBackend;
}

/** Not a Service: an object of any kind, which the ALB controllers do not know. */
export type IngressBackend = ServiceBackend | { readonly kind: "resource" };

export interface ServiceBackend {
  readonly kind: "service";
  readonly name: string;
  /** Its name where it has one, "use-annotation" for an actions annotation; 0 where neither name nor number is given. */
  readonly port: number | string;
}

export type View = ServiceView | IngressView;

/** A TargetGroupBinding under review. */
export interface ReviewedBinding extends Pick<ObjectView, "annotations" | "terminating"> {
  readonly kind: "TargetGroupBinding";
  readonly binding: BindingView;
}

interface RequestOn<V extends View | ReviewedBinding> {
  readonly kind: V["kind"];
  readonly operation: Operation;
  readonly phase: Phase;
  readonly namespace: string;
  /** The name, or `<generateName>*` while the API server has not made one. For messages only. */
  readonly name: string;
  readonly object: V;
  /** The object as stored; present on UPDATE only. */
  readonly old: V | undefined;
}

export type ServiceSubject = RequestOn<ServiceView>;
export type IngressSubject = RequestOn<IngressView>;
/** Nothing is ever injected into one. */
export interface BindingSubject extends RequestOn<ReviewedBinding> {
  readonly phase: "validating";
}

/** What may have a load balancer of its own. */
export type Subject = ServiceSubject | IngressSubject;
export type ReviewedSubject = Subject | BindingSubject;

/** Reads a v1 Service. Throws UnreadableObject naming the first field of a wrong type. */
export function serviceView(raw: unknown): ServiceView {
  const object = record(raw, "object") ?? missing("object");
  const spec = record(object["spec"], "spec") ?? {};
  const lbIngress = loadBalancerIngress(object);
  return {
    ...metadataView(object),
    kind: "Service",
    hasAddress: lbIngress.length > 0,
    type: string(spec["type"], "spec.type") ?? "ClusterIP",
    loadBalancerClass: string(spec["loadBalancerClass"], "spec.loadBalancerClass"),
    ports: views(spec["ports"], "spec.ports", servicePort),
    ipFamilies: optionalStrings(spec["ipFamilies"], "spec.ipFamilies"),
    ipFamilyPolicy: string(spec["ipFamilyPolicy"], "spec.ipFamilyPolicy"),
    clusterIP: string(spec["clusterIP"], "spec.clusterIP"),
    externalTrafficPolicy: string(spec["externalTrafficPolicy"], "spec.externalTrafficPolicy"),
    allocateLoadBalancerNodePorts: boolean(spec["allocateLoadBalancerNodePorts"], "spec.allocateLoadBalancerNodePorts"),
    loadBalancerSourceRanges: strings(spec["loadBalancerSourceRanges"], "spec.loadBalancerSourceRanges"),
    hostnames: lbIngress.flatMap((entry) => (typeof entry["hostname"] === "string" ? [entry["hostname"]] : [])),
  };
}

/** Reads a networking.k8s.io/v1 Ingress. Throws UnreadableObject naming the first field of a wrong type. */
export function ingressView(raw: unknown): IngressView {
  const object = record(raw, "object") ?? missing("object");
  const spec = record(object["spec"], "spec") ?? {};
  return {
    ...metadataView(object),
    kind: "Ingress",
    hasAddress: loadBalancerIngress(object).length > 0,
    ingressClassName: string(spec["ingressClassName"], "spec.ingressClassName"),
    defaultBackend: ingressBackend(spec["defaultBackend"], "spec.defaultBackend"),
    rules: views(spec["rules"], "spec.rules", ingressRule),
    tlsHosts: tlsHosts(spec["tls"]),
  };
}

/** The name to show for an object: `metadata.name`, else `<generateName>*`, else `*`. */
export function displayName(raw: unknown): string {
  const metadata = record(record(raw, "object")?.["metadata"], "metadata") ?? {};
  const name = string(metadata["name"], "metadata.name");
  return name !== undefined && name !== ""
    ? name
    : `${string(metadata["generateName"], "metadata.generateName") ?? ""}*`;
}

export function metadataView(object: Raw): Pick<ObjectView, "annotations" | "finalizers" | "terminating"> {
  const metadata = record(object["metadata"], "metadata") ?? missing("metadata");
  return {
    annotations: annotationMap(metadata["annotations"]),
    finalizers: strings(metadata["finalizers"], "metadata.finalizers"),
    terminating: metadata["deletionTimestamp"] !== undefined && metadata["deletionTimestamp"] !== null,
  };
}

function annotationMap(raw: unknown): Annotations {
  const map = record(raw, "metadata.annotations") ?? {};
  for (const key in map) {
    if (typeof map[key] !== "string") throw new UnreadableObject(`metadata.annotations[${key}]`, "a string");
  }
  return map as Annotations;
}

function servicePort(raw: unknown, at: string): ServicePort {
  const port = record(raw, at) ?? missing(at);
  const targetPort = port["targetPort"];
  return {
    name: string(port["name"], `${at}.name`) ?? "",
    port: number(port["port"], `${at}.port`) ?? 0,
    protocol: string(port["protocol"], `${at}.protocol`) ?? "TCP",
    nodePort: number(port["nodePort"], `${at}.nodePort`),
    targetPort: typeof targetPort === "string" || typeof targetPort === "number" ? targetPort : undefined,
  };
}

function ingressRule(raw: unknown, at: string): IngressRule {
  const rule = record(raw, at) ?? missing(at);
  const http = record(rule["http"], `${at}.http`);
  return {
    host: string(rule["host"], `${at}.host`),
    paths: views(http?.["paths"], `${at}.http.paths`, ingressPath),
  };
}

function ingressPath(raw: unknown, at: string): IngressPath {
  const path = record(raw, at) ?? missing(at);
  return {
    path: string(path["path"], `${at}.path`),
    pathType: string(path["pathType"], `${at}.pathType`),
    backend: ingressBackend(path["backend"], `${at}.backend`) ?? resourceBackend,
  };
}

const resourceBackend: IngressBackend = { kind: "resource" };

function ingressBackend(raw: unknown, at: string): IngressBackend | undefined {
  const backend = record(raw, at);
  if (backend === undefined) return undefined;
  const service = record(backend["service"], `${at}.service`);
  if (service === undefined) return resourceBackend;
  const port = record(service["port"], `${at}.service.port`) ?? {};
  const portName = string(port["name"], `${at}.service.port.name`) ?? "";
  const portNumber = number(port["number"], `${at}.service.port.number`) ?? 0;
  return {
    kind: "service",
    name: string(service["name"], `${at}.service.name`) ?? "",
    port: portName === "" ? portNumber : portName,
  };
}

function tlsHosts(raw: unknown): readonly string[] {
  const entries = list(raw, "spec.tls");
  if (entries.length === 0) return none;
  return entries.flatMap((entry, index) => {
    const at = `spec.tls[${index}]`;
    return strings(record(entry, at)?.["hosts"], `${at}.hosts`);
  });
}

function loadBalancerIngress(object: Raw): readonly Raw[] {
  const status = record(object["status"], "status") ?? {};
  const loadBalancer = record(status["loadBalancer"], "status.loadBalancer") ?? {};
  return list(loadBalancer["ingress"], "status.loadBalancer.ingress").map(
    (entry, index) => record(entry, `status.loadBalancer.ingress[${index}]`) ?? {},
  );
}

function optionalStrings(value: unknown, field: string): readonly string[] | undefined {
  const items = strings(value, field);
  return items.length === 0 ? undefined : items;
}
