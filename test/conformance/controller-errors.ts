import { nlb } from "../../src/annotations/catalog.ts";
import { parseMap } from "../../src/annotations/parse.ts";
import { annotationField } from "../../src/decision/rule.ts";
import type { ServiceCase } from "./cases.ts";
import {
  countAmongSome,
  countOnExisting,
  givesAddresses,
  ipv6OfNamedSubnets,
  namesAnotherService,
  namesSecurityGroups,
  namesSubnets,
  someSubnetsHaveIPv6,
} from "./undecidable.ts";
import type { Property, Undecidable } from "./undecidable.ts";

/** What an error text of the controller says about the object. */
export interface Reading {
  /** A right rule names one of these: all that a sensible one might, and no more. */
  readonly fields: readonly string[];
  /** Why the object and the profile cannot decide it. undefined: they do. */
  readonly excuse: Property | undefined;
}

/** undefined: a text that nobody has looked at yet. */
export function readError(text: string, given: ServiceCase): Reading | undefined {
  for (const kind of kinds) {
    const found = kind.pattern.exec(text);
    if (found !== null) return { fields: kind.fields(found, given), excuse: excuseOf(kind, found, given) };
  }
  return undefined;
}

type Found = RegExpExecArray;

interface ErrorKind {
  readonly pattern: RegExp;
  readonly fields: (found: Found, given: ServiceCase) => readonly string[];
  /** The properties of a case with which AWS decides it. */
  readonly undecidable?: readonly Undecidable[];
  /** Whether it is another Service's fault; left out: never. */
  readonly isAnothers?: (found: Found, given: ServiceCase) => boolean;
}

/** Every error that the model builders have for a Service. The first pattern that fits counts. */
const kinds: readonly ErrorKind[] = [
  // Annotations that do not parse: the text has the key.
  { pattern: /^failed to parse \w+ annotation, ([^:\s]+): /, fields: ([, key = ""]) => [annotationField(key)] },
  { pattern: /^failed to parse attribute preserve_client_ip\.enabled=(.*): strconv\./s, fields: preserveClientIp },

  // Load balancer (model_build_load_balancer.go, networking/utils.go).
  { pattern: /^unknown scheme: /, fields: on(nlb.scheme) },
  { pattern: /^unknown IPAddressType: /, fields: on(nlb.ipAddressType) },
  { pattern: /^Invalid enable-prefix-for-ipv6-source-nat value: /, fields: on(nlb.enablePrefixForIpv6SourceNat) },
  {
    pattern: /^enable-prefix-for-ipv6-source-nat annotation is only applicable to .* using Dualstack/,
    fields: on(nlb.enablePrefixForIpv6SourceNat, nlb.ipAddressType),
  },
  {
    pattern: /^To enable prefix for source NAT, all associated subnets must have an IPv6 CIDR/,
    fields: on(nlb.enablePrefixForIpv6SourceNat, nlb.ipAddressType, nlb.subnets),
    undecidable: [ipv6OfNamedSubnets, someSubnetsHaveIPv6],
  },
  {
    pattern: /^source-nat-ipv6-prefixes annotation can only be set for .* using Dualstack/,
    fields: on(nlb.sourceNatIpv6Prefixes, nlb.ipAddressType),
  },
  {
    pattern: /^source-nat-ipv6-prefixes annotation is only applicable if enable-prefix-for-ipv6-source-nat/,
    fields: on(nlb.sourceNatIpv6Prefixes, nlb.enablePrefixForIpv6SourceNat),
  },
  count(/^Number of values in source-nat-ipv6-prefixes \(/, nlb.sourceNatIpv6Prefixes),
  {
    pattern: /^Invalid value in source-nat-ipv6-prefixes: .* Value must be within subnet CIDR range: /s,
    fields: on(nlb.sourceNatIpv6Prefixes),
    undecidable: [givesAddresses(nlb.sourceNatIpv6Prefixes)],
  },
  { pattern: /^Invalid value in source-nat-ipv6-prefixes: /, fields: on(nlb.sourceNatIpv6Prefixes) },
  {
    pattern: /^EIP allocations can only be set for internet facing load balancers/,
    fields: on(nlb.eipAllocations, nlb.scheme, nlb.internal),
  },
  count(/^count of EIP allocations \(/, nlb.eipAllocations),
  {
    pattern: /^private IPv4 addresses can only be set for internal load balancers/,
    fields: on(nlb.privateIpv4Addresses, nlb.scheme, nlb.internal),
  },
  count(/^count of private IPv4 addresses \(/, nlb.privateIpv4Addresses),
  { pattern: /^private IPv4 addresses must be valid IP/, fields: on(nlb.privateIpv4Addresses) },
  {
    pattern: /^expect one private IPv4 address configured for subnet: /,
    fields: on(nlb.privateIpv4Addresses),
    undecidable: [givesAddresses(nlb.privateIpv4Addresses)],
  },
  {
    pattern: /^IPv6 addresses can only be set for dualstack load balancers/,
    fields: on(nlb.ipv6Addresses, nlb.ipAddressType),
  },
  count(/^count of IPv6 addresses \(/, nlb.ipv6Addresses),
  { pattern: /^IPv6 addresses must be valid IP/, fields: on(nlb.ipv6Addresses) },
  {
    pattern: /^expect one IPv6 address configured for subnet: /,
    fields: on(nlb.ipv6Addresses),
    undecidable: [givesAddresses(nlb.ipv6Addresses)],
  },
  { pattern: /^unsupported v6 cidr .* when lb is not dualstack/s, fields: sourceRanges },
  {
    pattern: /^conflicting security groups configuration/,
    fields: on(nlb.disableNlbSg, nlb.securityGroups),
  },
  {
    pattern: /^backendSG feature is required to manage worker node SG rules/,
    fields: on(nlb.manageBackendSecurityGroupRules, nlb.securityGroups),
  },
  {
    pattern: /^couldn't find all security groups: /,
    fields: on(nlb.securityGroups),
    undecidable: [namesSecurityGroups],
  },
  {
    pattern: /^Invalid value for securityGroupsInboundRulesOnPrivateLink status: /,
    fields: on(nlb.inboundSgRulesOnPrivateLinkTraffic),
  },
  { pattern: /^load balancer name cannot be longer than 32 characters/, fields: on(nlb.name) },
  { pattern: /^external managed tag key .* cannot be specified on Service/s, fields: on(nlb.additionalResourceTags) },
  { pattern: /^invalid dns_record\.client_routing_policy set in annotation /, fields: on(nlb.attributes) },
  { pattern: /^invalid (?:key|value) to set the capacity: /, fields: on(nlb.minimumLoadBalancerCapacity) },
  { pattern: /^deletion_protection is enabled, cannot delete the service: /, fields: on(nlb.attributes) },
  // The only value that is parsed without its key being told: deletion protection, while the load balancer is torn down.
  { pattern: /^strconv\.ParseBool: parsing /, fields: on(nlb.attributes) },

  // Subnets (networking/subnet_resolver.go).
  {
    pattern: /^subnets \[.*\] do not have an associated IPv6 CIDR block/,
    fields: on(nlb.ipAddressType, nlb.subnets),
    undecidable: [ipv6OfNamedSubnets, someSubnetsHaveIPv6],
  },
  {
    pattern: /^unable to resolve at least one subnet\. Evaluated .* don't have an associated IPv6 CIDR block/,
    fields: on(nlb.ipAddressType),
  },
  { pattern: /^unable to resolve at least one subnet$/, fields: on(nlb.subnets) },
  {
    pattern:
      /^(?:failed to list subnets by names or IDs: |multiple subnets in same Availability Zone |subnets in multiple locales: )/,
    fields: on(nlb.subnets),
    undecidable: [namesSubnets],
  },

  // Target groups (model_build_target_group.go).
  {
    pattern: /^unsupported IPv6 configuration, lb not dual-stack/,
    fields: both(["spec.ipFamilies"], on(nlb.ipAddressType)),
    isAnothers: (_found, { service }) => service.ipFamilies?.includes("IPv6") !== true,
  },
  {
    pattern: /^unsupported targetType: ip when EnableIPTargetType is false/,
    fields: (_found, { service: { annotations } }) =>
      [nlb.targetType, ...(nlb.type in annotations ? [nlb.type] : [])].map(annotationField),
  },
  {
    pattern: /^unsupported service type "ClusterIP" for load balancer target type /,
    fields: both(["spec.type"], on(nlb.targetType, nlb.type)),
    isAnothers: (_found, { service }) => service.type !== "ClusterIP",
  },
  {
    pattern: /^unable to support instance target type with an unallocated NodePort/,
    fields: both(["spec.ports", "spec.allocateLoadBalancerNodePorts"], on(nlb.targetType)),
    isAnothers: (_found, { service }) => service.ports.every(({ nodePort = 0 }) => nodePort !== 0),
  },
  {
    pattern: /^TargetGroup port is empty\. Are you using/,
    fields: both(["spec.ports"], on()),
    isAnothers: (_found, { service }) => service.ports.every(({ targetPort }) => targetPort !== 0),
  },
  {
    pattern: /^TargetGroup port is empty\. When using Instance targets/,
    fields: both(["spec.ports", "spec.allocateLoadBalancerNodePorts"], on(nlb.targetType)),
    isAnothers: (_found, { service }) => service.ports.every(({ nodePort = 0 }) => nodePort !== 0),
  },
  { pattern: /^invalid value .* for Load Balancer proxy protocol v2 annotation/s, fields: on(nlb.proxyProtocol) },
  {
    pattern: /^invalid port number in proxy-protocol-per-target-group: /,
    fields: on(nlb.proxyProtocolPerTargetGroup),
  },
  { pattern: /^unsupported health check protocol /, fields: on(nlb.healthcheckProtocol) },
  {
    pattern: /^failed to resolve healthCheckPort: unable to find port .* on service (\S+)$/s,
    fields: on(nlb.healthcheckPort),
    isAnothers: isOfAnother,
  },
  {
    pattern: /^cannot use named healthCheckPort for IP TargetType/,
    fields: both(["spec.ports"], on(nlb.healthcheckPort, nlb.targetType)),
    isAnothers: (_found, { service }) => service.ports.every(({ targetPort }) => typeof targetPort !== "string"),
  },

  // Listeners (model_build_listener.go).
  {
    pattern: /^Unsupported QUIC upgrade for protocol TLS/,
    fields: on(nlb.quicEnabledPorts, nlb.sslPorts, nlb.sslCert),
  },
  { pattern: /^Unsupported QUIC upgrade for protocol /, fields: both(["spec.ports"], on(nlb.quicEnabledPorts)) },
  {
    pattern:
      /^(?:can only merge two ports, not |unsupported protocol for merging: |protocols can't match for merging: )/,
    fields: both(["spec.ports"], on(nlb.enableTcpUdpListener)),
  },
  { pattern: /^Unused port in ssl-ports annotation /, fields: on(nlb.sslPorts) },
  { pattern: /^invalid ALPN policy /, fields: on(nlb.alpnPolicy) },
  { pattern: /^unable to find port .* on service (\S+)$/s, fields: actions, isAnothers: isOfAnother },
  { pattern: /^services "[^"]*" not found$/, fields: actions, isAnothers: () => true },
  { pattern: /(?:^|: )(?:unknown action type: |invalid ForwardConfig: )/, fields: actions },
  // A forward action without forwardConfig.
  { pattern: /^panic: runtime error: invalid memory address or nil pointer dereference/, fields: actions },
];

function excuseOf({ undecidable = [], isAnothers }: ErrorKind, found: Found, given: ServiceCase): Property | undefined {
  const others = isAnothers?.(found, given) === true ? [namesAnotherService] : [];
  return [...undecidable, ...others].find(({ holds }) => holds(given))?.property;
}

/** How many items there must be: of named subnets the object tells, of others at most the profile. */
function count(pattern: RegExp, key: string): ErrorKind {
  return { pattern, fields: on(key, nlb.subnets), undecidable: [countAmongSome(key), countOnExisting(key)] };
}

function on(...keys: readonly string[]): () => readonly string[] {
  const fields = keys.map(annotationField);
  return () => fields;
}

function both(spec: readonly string[], annotations: () => readonly string[]): () => readonly string[] {
  return () => [...spec, ...annotations()];
}

/** The annotation counts only where the field is empty (model_build_managed_sg.go:149-171). */
function sourceRanges(_found: Found, { service }: ServiceCase): readonly string[] {
  const field =
    service.loadBalancerSourceRanges.length > 0
      ? "spec.loadBalancerSourceRanges"
      : annotationField(nlb.loadBalancerSourceRanges);
  return [field, annotationField(nlb.ipAddressType)];
}

/** The annotation for all ports or one for a single port: whichever has the value. */
function preserveClientIp([, value]: Found, { service: { annotations } }: ServiceCase): readonly string[] {
  return Object.entries(annotations)
    .filter(([key]) => key === nlb.targetGroupAttributes || key.startsWith(`${nlb.targetGroupAttributes}.`))
    .filter(([, text]) => parseMap(text)?.get("preserve_client_ip.enabled") === value)
    .map(([key]) => annotationField(key));
}

function actions(_found: Found, { service: { annotations } }: ServiceCase): readonly string[] {
  return Object.keys(annotations)
    .filter((key) => key.startsWith(`${nlb.actions}.`))
    .map(annotationField);
}

function isOfAnother([, service]: Found, { namespace, name }: ServiceCase): boolean {
  return service !== `${namespace}/${name}`;
}
