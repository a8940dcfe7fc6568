import { ingressClassAnnotation } from "../../annotations/catalog.ts";
import type { NamespaceSelector } from "../../policy/selector.ts";
import { UnreadableObject, list, missing, none, number, record, string, strings, views } from "../raw.ts";
import type { Raw } from "../raw.ts";
import { ingressView, serviceView } from "../subject.ts";
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

/** The AWS Load Balancer Controller's API group and EKS Auto Mode's have a kind of this name each. */
export type ParamsApi = "elbv2.k8s.aws" | "eks.amazonaws.com";

/** undefined: not set, so that annotations decide. */
export interface IngressClassParamsView {
  readonly api: ParamsApi;
  readonly name: string;
  /** "invalid": not a selector, so that the controller accepts no Ingress of the class. */
  readonly namespaceSelector: NamespaceSelector | "invalid" | undefined;
  /** `spec.group.name`. */
  readonly groupName: string | undefined;
  readonly loadBalancerName: string | undefined;
  readonly scheme: string | undefined;
  readonly ipAddressType: string | undefined;
  readonly targetType: string | undefined;
  readonly inboundCidrs: readonly string[] | undefined;
  readonly prefixListIds: readonly string[] | undefined;
  readonly certificateArns: readonly string[] | undefined;
  readonly sslPolicy: string | undefined;
  readonly sslRedirectPort: string | undefined;
  readonly subnets: ParamsSubnets | undefined;
  readonly tags: readonly Pair[] | undefined;
  readonly loadBalancerAttributes: readonly Pair[] | undefined;
  readonly listeners: readonly ParamsListener[] | undefined;
  /** `spec.minimumLoadBalancerCapacity.capacityUnits`. */
  readonly minimumCapacityUnits: number | undefined;
  /** `spec.ipamConfiguration.ipv4IPAMPoolId`. */
  readonly ipv4IpamPoolId: string | undefined;
  readonly wafv2AclArn: string | undefined;
  readonly wafv2AclName: string | undefined;
}

/** Ids, or tags with their values (`spec.subnets.matchTags` of EKS Auto Mode). */
export interface ParamsSubnets {
  readonly ids: readonly string[];
  readonly tags: readonly SubnetTag[];
}

export interface SubnetTag {
  readonly key: string;
  readonly values: readonly string[];
}

export interface Pair {
  readonly key: string;
  readonly value: string;
}

export interface ParamsListener {
  readonly protocol: string | undefined;
  readonly port: number | undefined;
  readonly attributes: readonly Pair[];
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

export function ingressClassParamsView(raw: unknown): IngressClassParamsView {
  const object = record(raw, "object") ?? missing("object");
  const spec = record(object["spec"], "spec") ?? {};
  const at = (field: string): string => `spec.${field}`;
  const text = (field: string): string | undefined => string(spec[field], at(field));
  const filled = (field: string): string | undefined => text(field) || undefined;
  const texts = (field: string): readonly string[] | undefined => orUndefined(strings(spec[field], at(field)));
  const inner = (field: string): Raw | undefined => record(spec[field], at(field));
  const group = inner("group");
  const capacity = inner("minimumLoadBalancerCapacity");
  return {
    api: apiOf(object),
    name: nameOf(record(object["metadata"], "metadata") ?? missing("metadata")),
    namespaceSelector: namespaceSelector(spec["namespaceSelector"]),
    groupName: group && (string(group["name"], at("group.name")) ?? ""),
    loadBalancerName: filled("loadBalancerName"),
    scheme: text("scheme"),
    ipAddressType: text("ipAddressType"),
    targetType: text("targetType"),
    inboundCidrs: texts("inboundCIDRs"),
    prefixListIds: texts("prefixListsIDs") ?? texts("PrefixListsIDs"),
    certificateArns: texts("certificateArn") ?? texts("certificateARNs"),
    sslPolicy: filled("sslPolicy"),
    sslRedirectPort: filled("sslRedirectPort"),
    subnets: paramsSubnets(inner("subnets")),
    tags: orUndefined(views(spec["tags"], at("tags"), pair)),
    loadBalancerAttributes: orUndefined(views(spec["loadBalancerAttributes"], at("loadBalancerAttributes"), pair)),
    listeners: orUndefined(views(spec["listeners"], at("listeners"), paramsListener)),
    minimumCapacityUnits:
      capacity && (number(capacity["capacityUnits"], at("minimumLoadBalancerCapacity.capacityUnits")) ?? 0),
    ipv4IpamPoolId: string(inner("ipamConfiguration")?.["ipv4IPAMPoolId"], at("ipamConfiguration.ipv4IPAMPoolId")),
    wafv2AclArn: filled("wafv2AclArn"),
    wafv2AclName: filled("wafv2AclName"),
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

function identity(raw: unknown): { readonly namespace: string; readonly name: string } {
  const metadata = record(record(raw, "object")?.["metadata"], "metadata") ?? missing("metadata");
  const namespace = string(metadata["namespace"], "metadata.namespace");
  if (namespace === undefined) throw new UnreadableObject("metadata.namespace", "a string, and it is missing");
  return { namespace, name: nameOf(metadata) };
}

function nameOf(metadata: Raw): string {
  const name = string(metadata["name"], "metadata.name");
  if (name === undefined) throw new UnreadableObject("metadata.name", "a string, and it is missing");
  return name;
}

/** The items of a list lack apiVersion at some API servers; then it is the AWS Load Balancer Controller's. */
function apiOf(object: Raw): ParamsApi {
  const version = string(object["apiVersion"], "apiVersion") ?? "";
  return version.startsWith("eks.amazonaws.com/") ? "eks.amazonaws.com" : "elbv2.k8s.aws";
}

/** The controllers do not tell an empty list from none. */
function orUndefined<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

type Expression = NonNullable<NamespaceSelector["matchExpressions"]>[number];

/** What apimachinery's LabelSelectorAsSelector does not accept is "invalid". */
function namespaceSelector(raw: unknown): IngressClassParamsView["namespaceSelector"] {
  const selector = record(raw, "spec.namespaceSelector");
  if (selector === undefined) return undefined;
  const labels = record(selector["matchLabels"], "spec.namespaceSelector.matchLabels") ?? {};
  const matchLabels: Record<string, string> = {};
  for (const key in labels) {
    const value = string(labels[key], `spec.namespaceSelector.matchLabels[${key}]`) ?? "";
    if (!labelKey.test(key) || !labelValue.test(value)) return "invalid";
    matchLabels[key] = value;
  }
  const matchExpressions: Expression[] = [];
  for (const item of views(selector["matchExpressions"], "spec.namespaceSelector.matchExpressions", expression)) {
    if (item === undefined) return "invalid";
    matchExpressions.push(item);
  }
  return { matchLabels, matchExpressions };
}

const labelName = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
const labelKey = new RegExp(`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?${labelName}$`);
const labelValue = new RegExp(`^(${labelName})?$`);

/** undefined: invalid. */
function expression(raw: unknown, at: string): Expression | undefined {
  const object = record(raw, at) ?? {};
  const key = string(object["key"], `${at}.key`) ?? "";
  const operator = string(object["operator"], `${at}.operator`) ?? "";
  const values = [...strings(object["values"], `${at}.values`)];
  if (!labelKey.test(key) || !values.every((value) => labelValue.test(value))) return undefined;
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length === 0 ? undefined : { key, operator, values };
    case "Exists":
    case "DoesNotExist":
      return values.length === 0 ? { key, operator } : undefined;
    default:
      return undefined;
  }
}

function pair(raw: unknown, at: string): Pair {
  const object = record(raw, at) ?? missing(at);
  return { key: string(object["key"], `${at}.key`) ?? "", value: string(object["value"], `${at}.value`) ?? "" };
}

function paramsSubnets(subnets: Raw | undefined): ParamsSubnets | undefined {
  if (subnets === undefined) return undefined;
  const tags = record(subnets["tags"], "spec.subnets.tags") ?? {};
  return {
    ids: strings(subnets["ids"], "spec.subnets.ids"),
    tags: [
      ...Object.entries(tags).map(([key, values]) => ({ key, values: strings(values, `spec.subnets.tags[${key}]`) })),
      ...views(subnets["matchTags"], "spec.subnets.matchTags", matchTag),
    ],
  };
}

function matchTag(raw: unknown, at: string): SubnetTag {
  const tag = record(raw, at) ?? missing(at);
  return { key: string(tag["key"], `${at}.key`) ?? "", values: strings(tag["values"], `${at}.values`) };
}

function paramsListener(raw: unknown, at: string): ParamsListener {
  const listener = record(raw, at) ?? missing(at);
  return {
    protocol: string(listener["protocol"], `${at}.protocol`),
    port: number(listener["port"], `${at}.port`),
    attributes: views(listener["listenerAttributes"], `${at}.listenerAttributes`, pair),
  };
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
