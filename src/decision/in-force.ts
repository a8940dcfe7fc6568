import { nlb } from "../annotations/catalog.ts";
import { isInTreeNlb, parseInTreeMap } from "../annotations/in-tree.ts";
import type { SecurityGroups } from "../annotations/catalog.ts";
import { parseBool, parseInteger, parseList, parseMap } from "../annotations/parse.ts";
import type { Controller } from "./controller.ts";
import { isBefore } from "./facts.ts";
import type { AddressType, ClusterProfile, ExistingLoadBalancer, Scheme, TargetType } from "./facts.ts";
import type { Annotations, ServiceView } from "./subject.ts";

/**
 * The values that the controller in charge will act on. undefined: not known, or written in a way that it rejects (a rule
 * reports that).
 */
export interface ServiceInForce {
  readonly scheme: Scheme | undefined;
  readonly ipAddressType: AddressType | undefined;
  readonly targetType: TargetType | undefined;
  /** Ports whose target group sends proxy protocol v2; undefined where an annotation does not parse. */
  readonly proxyProtocolPorts: readonly number[] | undefined;
  readonly securityGroups: SecurityGroups | undefined;
}

const nothing: ServiceInForce = {
  scheme: undefined,
  ipAddressType: undefined,
  targetType: undefined,
  proxyProtocolPorts: undefined,
  securityGroups: undefined,
};

/**
 * What becomes of a Service. `existing` is its load balancer before an update: the AWS controller keeps the scheme of a load
 * balancer that exists when the annotation is removed (model_build_load_balancer.go:239-252).
 */
export function serviceInForce(
  service: ServiceView,
  controller: Controller,
  profile: ClusterProfile,
  existing?: ExistingLoadBalancer,
): ServiceInForce {
  const { annotations } = service;
  switch (controller.name) {
    case "aws-load-balancer-controller":
      return {
        scheme: nlbScheme(annotations, profile, existing),
        ipAddressType: nlbAddressType(annotations),
        targetType: nlbTargetType(annotations, controller, profile),
        proxyProtocolPorts: nlbProxyProtocol(service),
        securityGroups: nlbSecurityGroups(annotations, profile, existing),
      };
    case "eks-auto-mode":
      return {
        scheme:
          schemeOf(annotations[nlb.scheme]) ??
          (nlb.scheme in annotations ? undefined : (existing?.scheme ?? "internal")),
        ipAddressType: nlbAddressType(annotations),
        targetType: annotations[nlb.targetType] === "instance" ? "instance" : "ip",
        proxyProtocolPorts: attributePorts(service),
        // Auto Mode has no NLB without any (EKS user guide, auto-networking).
        securityGroups: parseList(annotations[nlb.securityGroups] ?? "").length > 0 ? "named" : "managed",
      };
    case "cloud-controller-manager":
      return {
        scheme: inTreeScheme(annotations),
        ipAddressType: "ipv4",
        targetType: "instance",
        proxyProtocolPorts: inTreeProxyProtocol(service, profile),
        securityGroups: "managed",
      };
    case "other":
    case "nobody":
      return nothing;
  }
}

/** The in-tree controller's reading: any non-empty value but "false" is internal (aws.go:2453-2460). */
export function inTreeScheme(annotations: Annotations): Scheme {
  const internal = annotations[nlb.internal];
  return internal === undefined || internal === "" || internal === "false" ? "internet-facing" : "internal";
}

function nlbScheme(
  annotations: Annotations,
  profile: ClusterProfile,
  existing?: ExistingLoadBalancer,
): Scheme | undefined {
  if (nlb.scheme in annotations) return schemeOf(annotations[nlb.scheme]);
  const internal = annotations[nlb.internal];
  if (internal === undefined) return existing === undefined ? profile.defaultScheme : existing.scheme;
  const parsed = parseBool(internal);
  if (parsed === undefined) return undefined;
  return parsed ? "internal" : "internet-facing";
}

function nlbAddressType(annotations: Annotations): AddressType | undefined {
  const value = annotations[nlb.ipAddressType];
  if (value === undefined) return "ipv4";
  return value === "ipv4" || value === "dualstack" ? value : undefined;
}

/** `nlb-ip` forces ip targets even where a class is set; anything but "ip" is instance, silently (model_build_target_group.go:524-544). */
function nlbTargetType(annotations: Annotations, controller: Controller, profile: ClusterProfile): TargetType {
  if (annotations[nlb.type] === "nlb-ip") return "ip";
  const value = annotations[nlb.targetType];
  if (value === undefined) return controller.chosenBy === "class" ? profile.defaultTargetType : "instance";
  return value === "ip" ? "ip" : "instance";
}

/** false < attributes < attributes.PORT < per-target-group < "*" (model_build_target_group.go:290-373). */
function nlbProxyProtocol(service: ServiceView): readonly number[] | undefined {
  const { annotations, ports } = service;
  const listed = annotations[nlb.proxyProtocolPerTargetGroup];
  const numbers = listed === undefined ? undefined : parseList(listed);
  if (numbers?.some((item) => parseInteger(item, 64) === undefined)) return undefined;
  const all = annotations[nlb.proxyProtocol];
  if (all !== undefined) return all === "*" ? ports.map(({ port }) => port) : undefined;
  if (numbers !== undefined) return ports.flatMap(({ port }) => (numbers.includes(String(port)) ? [port] : []));
  return attributePorts(service);
}

function attributePorts({ annotations, ports }: ServiceView): readonly number[] | undefined {
  // Nearly no Service has any, and looking up a key that was just put together is slow.
  if (!Object.keys(annotations).some((key) => key.startsWith(nlb.targetGroupAttributes))) return [];
  const base = attribute(annotations[nlb.targetGroupAttributes]);
  if (base === "malformed") return undefined;
  const on: number[] = [];
  for (const { port } of ports) {
    const own = attribute(annotations[`${nlb.targetGroupAttributes}.${port}`]);
    if (own === "malformed") return undefined;
    if ((own === undefined || own === "" ? base : own) === "true") on.push(port);
  }
  return on;
}

function attribute(raw: string | undefined): string | undefined {
  if (raw === undefined) return undefined;
  const map = parseMap(raw);
  return map === undefined ? "malformed" : map.get("proxy_protocol_v2.enabled");
}

/**
 * A Classic load balancer takes "*" only, for all ports (aws.go:2567-2573); an NLB of the in-tree controller the target group's
 * attribute, since version 1.34 (aws_validations.go:84-141).
 */
function inTreeProxyProtocol(
  { annotations, ports }: ServiceView,
  { inTreeVersion }: ClusterProfile,
): readonly number[] {
  const all = ports.map(({ port }) => port);
  if (!isInTreeNlb(annotations[nlb.type])) return annotations[nlb.proxyProtocol] === "*" ? all : [];
  const attributes = annotations[nlb.targetGroupAttributes];
  if (attributes === undefined || isBefore(inTreeVersion, { major: 1, minor: 34 })) return [];
  return parseInTreeMap(attributes).get("proxy_protocol_v2.enabled") === "true" ? all : [];
}

/** pkg/service/model_build_load_balancer.go:100-131: an NLB that was made without security groups never gets any. */
function nlbSecurityGroups(
  annotations: Annotations,
  { featureGates }: ClusterProfile,
  existing?: ExistingLoadBalancer,
): SecurityGroups | undefined {
  const disable = annotations[nlb.disableNlbSg];
  const disabled = disable === undefined ? false : parseBool(disable);
  if (disabled === undefined) return undefined;
  if (existing?.hasSecurityGroups === false || disabled || !featureGates.NLBSecurityGroup) return "none";
  const named = annotations[nlb.securityGroups];
  return named !== undefined && parseList(named).length > 0 ? "named" : "managed";
}

/** undefined: not known, as where IngressClassParams or other members of a group that are not known may decide, or invalid. */
export interface IngressInForce {
  readonly scheme: Scheme | undefined;
  readonly ipAddressType: AddressType | undefined;
}

function schemeOf(value: string | undefined): Scheme | undefined {
  return value === "internal" || value === "internet-facing" ? value : undefined;
}
