import type { NamespaceSelector } from "../../policy/selector.ts";
import { missing, number, record, string, strings, views } from "../raw.ts";
import type { Raw } from "../raw.ts";
import { apiOf, nameOf } from "./metadata.ts";
import type { ParamsApi } from "./metadata.ts";

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

/** Throws UnreadableObject naming the first field of a wrong type. */
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
