/**
 * The object under review, reduced to what rules may read. Nothing is cloned: annotations are the raw object's own map.
 * Reading is tolerant of what we do not own (unknown fields pass) and strict about the types of what we do read.
 */
export type Kind = "Service" | "Ingress";
export type Operation = "CREATE" | "UPDATE";
/** In the mutating phase ipFamilies and node ports are not allocated yet, in the validating phase they are (facts/admission.md §2a of the API server's flow). */
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
}

export type View = ServiceView | IngressView;

interface RequestOn<V extends View> {
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
export type Subject = ServiceSubject | IngressSubject;

/** The object is not one that the API server could have sent; `field` says where. */
export class UnreadableObject extends Error {
  readonly field: string;
  constructor(field: string, expected: string) {
    super(`${field}: must be ${expected}`);
    this.name = "UnreadableObject";
    this.field = field;
  }
}

type Raw = Readonly<Record<string, unknown>>;

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
    ports: list(spec["ports"], "spec.ports").map(servicePort),
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

function metadataView(object: Raw): Pick<ObjectView, "annotations" | "finalizers" | "terminating"> {
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

function servicePort(raw: unknown, index: number): ServicePort {
  const at = `spec.ports[${index}]`;
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

function loadBalancerIngress(object: Raw): readonly Raw[] {
  const status = record(object["status"], "status") ?? {};
  const loadBalancer = record(status["loadBalancer"], "status.loadBalancer") ?? {};
  return list(loadBalancer["ingress"], "status.loadBalancer.ingress").map(
    (entry, index) => record(entry, `status.loadBalancer.ingress[${index}]`) ?? {},
  );
}

function missing(field: string): never {
  throw new UnreadableObject(field, "an object, and it is missing");
}

function record(value: unknown, field: string): Raw | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw new UnreadableObject(field, "an object");
  return value as Raw;
}

function list(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new UnreadableObject(field, "a list");
  return value;
}

function string(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new UnreadableObject(field, "a string");
  return value;
}

function number(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new UnreadableObject(field, "a number");
  return value;
}

function boolean(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw new UnreadableObject(field, "a boolean");
  return value;
}

function strings(value: unknown, field: string): readonly string[] {
  return list(value, field).map((item, index) => {
    if (typeof item !== "string") throw new UnreadableObject(`${field}[${index}]`, "a string");
    return item;
  });
}

function optionalStrings(value: unknown, field: string): readonly string[] | undefined {
  const items = strings(value, field);
  return items.length === 0 ? undefined : items;
}
