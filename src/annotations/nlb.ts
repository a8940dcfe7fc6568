import { bool, int32, jsonOf, listOf, map, oneOf, string } from "./entry.ts";
import type { AnnotationEntry, Reading, ValueType } from "./entry.ts";
import { nlbAction } from "./nlb-action.ts";

const prefix = "service.beta.kubernetes.io/aws-load-balancer";

/** What the AWS Load Balancer Controller reads on a Service of its own. No other prefix is read (service_controller.go:41). */
export const nlb = {
  type: `${prefix}-type`,
  targetType: `${prefix}-nlb-target-type`,
  name: `${prefix}-name`,
  scheme: `${prefix}-scheme`,
  internal: `${prefix}-internal`,
  ipAddressType: `${prefix}-ip-address-type`,
  proxyProtocol: `${prefix}-proxy-protocol`,
  proxyProtocolPerTargetGroup: `${prefix}-proxy-protocol-per-target-group`,
  /** Also with `.PORT` behind it, for one port. */
  targetGroupAttributes: `${prefix}-target-group-attributes`,
  enablePrefixForIpv6SourceNat: `${prefix}-enable-prefix-for-ipv6-source-nat`,
  sourceNatIpv6Prefixes: `${prefix}-source-nat-ipv6-prefixes`,
  eipAllocations: `${prefix}-eip-allocations`,
  privateIpv4Addresses: `${prefix}-private-ipv4-addresses`,
  ipv6Addresses: `${prefix}-ipv6-addresses`,
  subnets: `${prefix}-subnets`,
  loadBalancerSourceRanges: "service.beta.kubernetes.io/load-balancer-source-ranges",
  securityGroups: `${prefix}-security-groups`,
  disableNlbSg: `${prefix}-disable-nlb-sg`,
  manageBackendSecurityGroupRules: `${prefix}-manage-backend-security-group-rules`,
  inboundSgRulesOnPrivateLinkTraffic: `${prefix}-inbound-sg-rules-on-private-link-traffic`,
  securityGroupPrefixLists: `${prefix}-security-group-prefix-lists`,
  enableIcmpForPathMtuDiscovery: `${prefix}-enable-icmp-for-path-mtu-discovery`,
  healthcheckProtocol: `${prefix}-healthcheck-protocol`,
  healthcheckPort: `${prefix}-healthcheck-port`,
  healthcheckPath: `${prefix}-healthcheck-path`,
  healthcheckSuccessCodes: `${prefix}-healthcheck-success-codes`,
  healthcheckInterval: `${prefix}-healthcheck-interval`,
  healthcheckTimeout: `${prefix}-healthcheck-timeout`,
  healthcheckHealthyThreshold: `${prefix}-healthcheck-healthy-threshold`,
  healthcheckUnhealthyThreshold: `${prefix}-healthcheck-unhealthy-threshold`,
  enableTcpUdpListener: `${prefix}-enable-tcp-udp-listener`,
  quicEnabledPorts: `${prefix}-quic-enabled-ports`,
  sslCert: `${prefix}-ssl-cert`,
  sslPorts: `${prefix}-ssl-ports`,
  sslNegotiationPolicy: `${prefix}-ssl-negotiation-policy`,
  backendProtocol: `${prefix}-backend-protocol`,
  alpnPolicy: `${prefix}-alpn-policy`,
  attributes: `${prefix}-attributes`,
  accessLogEnabled: `${prefix}-access-log-enabled`,
  accessLogS3BucketName: `${prefix}-access-log-s3-bucket-name`,
  accessLogS3BucketPrefix: `${prefix}-access-log-s3-bucket-prefix`,
  crossZoneLoadBalancingEnabled: `${prefix}-cross-zone-load-balancing-enabled`,
  minimumLoadBalancerCapacity: `${prefix}-minimum-load-balancer-capacity`,
  additionalResourceTags: `${prefix}-additional-resource-tags`,
  targetNodeLabels: `${prefix}-target-node-labels`,
  multiClusterTargetGroup: `${prefix}-multi-cluster-target-group`,
  /** A family: `.PROTOCOL-PORT` behind it. */
  listenerAttributes: `${prefix}-listener-attributes`,
  /** A family: `.PROTOCOL-PORT` behind it. */
  actions: "service.beta.kubernetes.io/actions",
} as const;

const constants = "pkg/annotations/constants.go";
const builder = "pkg/service/model_build_load_balancer.go";
const groups = "pkg/service/model_build_target_group.go";
const listeners = "pkg/service/model_build_listener.go";
const addresses = "pkg/networking/utils.go";

/** Lines are those of the AWS Load Balancer Controller 3.5.0 (225f4456). */
export const nlbEntries: readonly AnnotationEntry[] = [
  {
    ...entry(nlb.type, string, "pkg/service/service_utils.go:47-77"),
    autoModeTakes: "spec.loadBalancerClass, which it sets itself",
  },
  // Anything but "ip" means instance, without an error.
  entry(nlb.targetType, string, `${groups}:524-544`),
  entry(nlb.name, string, `${builder}:582`),
  entry(nlb.scheme, oneOf("internal", "internet-facing"), `${builder}:231-265`),
  {
    ...entry(nlb.internal, bool, `${builder}:273-276`),
    readWhen: ({ annotations }) => !(nlb.scheme in annotations),
    autoModeTakes: `the annotation ${nlb.scheme}`,
  },
  {
    ...entry(nlb.ipAddressType, oneOf("ipv4", "dualstack"), `${builder}:184-198`),
    reservedValues: ["dualstack-without-public-ipv4"],
  },
  {
    ...entry(nlb.proxyProtocol, oneOf("*"), `${groups}:363-373`),
    autoModeTakes: `the annotation ${nlb.targetGroupAttributes} with "proxy_protocol_v2.enabled=true"`,
  },
  entry(nlb.proxyProtocolPerTargetGroup, listOf("int"), `${groups}:342-361`),
  entry(nlb.targetGroupAttributes, map, `${groups}:290-340`),
  { ...family(nlb.targetGroupAttributes, map, `${groups}:290-304`), readWhen: namesPort },
  entry(nlb.enablePrefixForIpv6SourceNat, oneOf("on", "off"), `${addresses}:84-86`),
  // An item is `auto_assigned` or an IPv6 prefix of 80 bits: for a rule of its own.
  entry(nlb.sourceNatIpv6Prefixes, listOf("string"), `${addresses}:115-163`),
  entry(nlb.eipAllocations, listOf("string"), `${builder}:330-335`),
  entry(nlb.privateIpv4Addresses, listOf("ipv4"), `${builder}:343-357`),
  entry(nlb.ipv6Addresses, listOf("ipv6"), `${builder}:366-380`),
  entry(nlb.subnets, listOf("string"), `${constants}:115`),
  // The API server refuses a bad range itself; the controller hands it on.
  {
    ...entry(nlb.loadBalancerSourceRanges, listOf("cidr"), "pkg/service/model_build_managed_sg.go:149-171"),
    lenient: true,
    autoModeTakes: "spec.loadBalancerSourceRanges",
  },
  entry(nlb.securityGroups, listOf("string"), `${builder}:121`),
  entry(nlb.disableNlbSg, bool, `${builder}:105`),
  { ...entry(nlb.manageBackendSecurityGroupRules, bool, `${builder}:166`), readWhen: hasNoManagedGroup },
  entry(nlb.inboundSgRulesOnPrivateLinkTraffic, oneOf("on", "off"), `${builder}:214-229`),
  entry(nlb.securityGroupPrefixLists, listOf("string"), `${constants}:125`),
  // Anything but "on" means off, without an error.
  entry(nlb.enableIcmpForPathMtuDiscovery, string, `${constants}:131`),
  entry(
    nlb.healthcheckProtocol,
    { type: "enum", values: ["tcp", "http", "https"], ignoreCase: true },
    `${groups}:455-468`,
  ),
  entry(nlb.healthcheckPort, string, `${groups}:432-453`),
  entry(nlb.healthcheckPath, string, `${groups}:470-522`),
  entry(nlb.healthcheckSuccessCodes, string, `${groups}:470-522`),
  entry(nlb.healthcheckInterval, int32, `${groups}:470-522`),
  {
    ...entry(nlb.healthcheckTimeout, int32, `${groups}:470-522`),
    readWhen: ({ isGateOn }) => isGateOn("NLBHealthCheckAdvancedConfig"),
  },
  entry(nlb.healthcheckHealthyThreshold, int32, `${groups}:470-522`),
  entry(nlb.healthcheckUnhealthyThreshold, int32, `${groups}:470-522`),
  { ...entry(nlb.enableTcpUdpListener, bool, `${listeners}:407-423`), lenient: true },
  entry(nlb.quicEnabledPorts, listOf("string"), `${listeners}:113-127`),
  entry(nlb.sslCert, listOf("string"), `${constants}:101`),
  entry(nlb.sslPorts, listOf("string"), `${listeners}:269-292`),
  entry(nlb.sslNegotiationPolicy, string, `${constants}:103`),
  entry(nlb.backendProtocol, string, `${constants}:104`),
  {
    ...entry(
      nlb.alpnPolicy,
      oneOf("None", "HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred"),
      `${listeners}:334`,
    ),
    readWhen: (reading) => reading.listeners().some(({ protocol }) => protocol === "TLS"),
  },
  entry(nlb.attributes, map, `${builder}:537`),
  {
    ...entry(nlb.accessLogEnabled, bool, `${builder}:552-567`),
    autoModeTakes: `the annotation ${nlb.attributes} with "access_logs.s3.enabled=true"`,
  },
  {
    ...entry(nlb.accessLogS3BucketName, string, `${builder}:552-567`),
    autoModeTakes: `the annotation ${nlb.attributes} with "access_logs.s3.bucket=…"`,
  },
  {
    ...entry(nlb.accessLogS3BucketPrefix, string, `${builder}:552-567`),
    autoModeTakes: `the annotation ${nlb.attributes} with "access_logs.s3.prefix=…"`,
  },
  {
    ...entry(nlb.crossZoneLoadBalancingEnabled, bool, `${builder}:552-567`),
    autoModeTakes: `the annotation ${nlb.attributes} with "load_balancing.cross_zone.enabled=true"`,
  },
  {
    ...entry(nlb.minimumLoadBalancerCapacity, map, `${builder}:512-516`),
    readWhen: ({ isGateOn }) => isGateOn("LBCapacityReservation"),
  },
  entry(nlb.additionalResourceTags, map, `${builder}:312`),
  { ...entry(nlb.targetNodeLabels, map, `${groups}:845`), readWhen: ({ targetType }) => targetType === "instance" },
  entry(nlb.multiClusterTargetGroup, bool, `${constants}:127`),
  { ...family(nlb.listenerAttributes, map, `${constants}:126`), readWhen: namesListener },
  { ...family(nlb.actions, jsonOf(nlbAction), `${listeners}:214-229`), readWhen: namesListener },
];

function entry(key: string, value: ValueType, source: string): AnnotationEntry {
  return { key, form: "exact", readOn: ["Service"], value, source };
}

function family(stem: string, value: ValueType, source: string): AnnotationEntry {
  return { ...entry(`${stem}.`, value, source), form: "prefix" };
}

/** Read with groups of the author's, or of an NLB that has none; a managed group needs no rules beside its own. */
function hasNoManagedGroup({ securityGroups }: Reading): boolean {
  return securityGroups === "named" || securityGroups === "none";
}

function namesPort({ listeners }: Reading, port: string): boolean {
  return listeners().some((listener) => String(listener.port) === port);
}

/** `PROTOCOL-PORT`, with the protocol that the listener comes to have: TLS-443. */
function namesListener({ listeners }: Reading, member: string): boolean {
  return listeners().some(({ protocol, port }) => `${protocol}-${port}` === member);
}
