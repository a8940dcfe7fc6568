import type { Rule } from "../decision/rule.ts";
import { addressCountMatchesSubnets } from "./address-count-matches-subnets.ts";
import { addressesAreFixed } from "./addresses-are-fixed.ts";
import { addressesInOneSubnet } from "./addresses-in-one-subnet.ts";
import { attributeStays } from "./attribute-stays.ts";
import { autoModeIgnoresAnnotation } from "./auto-mode-ignores-annotation.ts";
import { classChangeAbandonsLoadBalancer } from "./class-change-abandons-load-balancer.ts";
import { deletionProtectionKeepsLoadBalancer } from "./deletion-protection-keeps-load-balancer.ts";
import { dualstackAndPrefixInOneStep } from "./dualstack-and-prefix-in-one-step.ts";
import { dualstackNeedsIpv6Subnets } from "./dualstack-needs-ipv6-subnets.ts";
import { dualstackRemoved } from "./dualstack-removed.ts";
import { dualstackUdpNeedsIpv6Targets } from "./dualstack-udp-needs-ipv6-targets.ts";
import { dualstackUdpNeedsSourceNatPrefix } from "./dualstack-udp-needs-source-nat-prefix.ts";
import { dualstackWithOwnSecurityGroups } from "./dualstack-with-own-security-groups.ts";
import { dualstackWithoutPublicIpv4IsForPublicAlbs } from "./dualstack-without-public-ipv4-is-for-public-albs.ts";
import { eipAllocationsNeedInternetFacing } from "./eip-allocations-need-internet-facing.ts";
import { externalManagedTag } from "./external-managed-tag.ts";
import { externalWithoutTargetType } from "./external-without-target-type.ts";
import { gardenerMigratesLoadBalancer } from "./gardener-migrates-load-balancer.ts";
import { gardenerNeedsInstanceTargets } from "./gardener-needs-instance-targets.ts";
import { gardenerOverridesInternal } from "./gardener-overrides-internal.ts";
import { healthCheckPortUnresolved } from "./health-check-port-unresolved.ts";
import { inTreeIgnoresAnnotation } from "./in-tree-ignores-annotation.ts";
import { inTreeMixedProtocols } from "./in-tree-mixed-protocols.ts";
import { inTreeNeedsIpv4 } from "./in-tree-needs-ipv4.ts";
import { inTreeTargetGroupAttributes } from "./in-tree-target-group-attributes.ts";
import { inTreeUnsupportedProtocol } from "./in-tree-unsupported-protocol.ts";
import { invalidBoolean } from "./invalid-boolean.ts";
import { invalidCidr } from "./invalid-cidr.ts";
import { invalidEnumeration } from "./invalid-enumeration.ts";
import { invalidInteger } from "./invalid-integer.ts";
import { invalidIpAddress } from "./invalid-ip-address.ts";
import { invalidJson } from "./invalid-json.ts";
import { invalidLoadBalancerAttribute } from "./invalid-load-balancer-attribute.ts";
import { invalidLoadBalancerName } from "./invalid-load-balancer-name.ts";
import { invalidMap } from "./invalid-map.ts";
import { invalidMinimumCapacity } from "./invalid-minimum-capacity.ts";
import { invalidSourceNatIpv6Prefixes } from "./invalid-source-nat-ipv6-prefixes.ts";
import { invalidTargetGroupAttribute } from "./invalid-target-group-attribute.ts";
import { ipFamilyChangeBlocksController } from "./ip-family-change-blocks-controller.ts";
import { ipTargetsDisabled } from "./ip-targets-disabled.ts";
import { ipTargetsOnOverlayNetwork } from "./ip-targets-on-overlay-network.ts";
import { ipv4SourceRangesWithDualstack } from "./ipv4-source-ranges-with-dualstack.ts";
import { ipv6AddressesNeedDualstack } from "./ipv6-addresses-need-dualstack.ts";
import { ipv6NeedsDualstack } from "./ipv6-needs-dualstack.ts";
import { ipv6SourceRangesNeedDualstack } from "./ipv6-source-ranges-need-dualstack.ts";
import { ipv6TargetsNeedPrimaryIpv6 } from "./ipv6-targets-need-primary-ipv6.ts";
import { leavingLoadBalancerType } from "./leaving-load-balancer-type.ts";
import { listenerLost } from "./listener-lost.ts";
import { loadBalancerNameTooLong } from "./load-balancer-name-too-long.ts";
import { nameIsFixed } from "./name-is-fixed.ts";
import { nlbTargetTypeIgnored } from "./nlb-target-type-ignored.ts";
import { noLoadBalancerControllerChosen } from "./no-load-balancer-controller-chosen.ts";
import { nodePortNotAllocated } from "./node-port-not-allocated.ts";
import { policyLabelUnusable } from "./policy-label-unusable.ts";
import { policyNotApplied } from "./policy-not-applied.ts";
import { preserveClientIpWithUdp } from "./preserve-client-ip-with-udp.ts";
import { privateIpv4AddressesNeedInternal } from "./private-ipv4-addresses-need-internal.ts";
import { proxyProtocolChanged } from "./proxy-protocol-changed.ts";
import { proxyProtocolInLoadBalancerAttributes } from "./proxy-protocol-in-load-balancer-attributes.ts";
import { proxyProtocolLocalHealthCheck } from "./proxy-protocol-local-health-check.ts";
import { proxyProtocolPortUnknown } from "./proxy-protocol-port-unknown.ts";
import { proxyProtocolWithHttpHealthCheck } from "./proxy-protocol-with-http-health-check.ts";
import { proxyProtocolWithUdp } from "./proxy-protocol-with-udp.ts";
import { quicNeedsIpTargets } from "./quic-needs-ip-targets.ts";
import { quicNeedsNoSecurityGroups } from "./quic-needs-no-security-groups.ts";
import { quicNeedsUdp } from "./quic-needs-udp.ts";
import { quicNotOnDualstack } from "./quic-not-on-dualstack.ts";
import { quicOneListener } from "./quic-one-listener.ts";
import { quicPortUnknown } from "./quic-port-unknown.ts";
import { schemeChangeReplacesLoadBalancer } from "./scheme-change-replaces-load-balancer.ts";
import { schemeConflictsWithInternal } from "./scheme-conflicts-with-internal.ts";
import { sctpNotSupported } from "./sctp-not-supported.ts";
import { securityGroupNamedTwice } from "./security-group-named-twice.ts";
import { securityGroupRulesNeedBackendGroup } from "./security-group-rules-need-backend-group.ts";
import { securityGroupsCannotBeAdded } from "./security-groups-cannot-be-added.ts";
import { securityGroupsCannotBeRemoved } from "./security-groups-cannot-be-removed.ts";
import { sourceNatIpv6PrefixesNeedPrefix } from "./source-nat-ipv6-prefixes-need-prefix.ts";
import { sourceNatPrefixNeedsDualstack } from "./source-nat-prefix-needs-dualstack.ts";
import { sourceNatPrefixRemoved } from "./source-nat-prefix-removed.ts";
import { sourceRangesIgnored } from "./source-ranges-ignored.ts";
import { sslPortUnknown } from "./ssl-port-unknown.ts";
import { subnetNamedTwice } from "./subnet-named-twice.ts";
import { subnetsEmpty } from "./subnets-empty.ts";
import { targetGroupReplaced } from "./target-group-replaced.ts";
import { targetPortEmpty } from "./target-port-empty.ts";
import { tcpUdpCannotMerge } from "./tcp-udp-cannot-merge.ts";
import { tcpUdpListenerUnreadable } from "./tcp-udp-listener-unreadable.ts";
import { tlsNotApplied } from "./tls-not-applied.ts";
import { typeAnnotationChangeOrphansLoadBalancer } from "./type-annotation-change-orphans-load-balancer.ts";
import { unreadableDeletionProtection } from "./unreadable-deletion-protection.ts";
import { unreadableOptOut } from "./unreadable-opt-out.ts";
import { unreadableProxyProtocolAttribute } from "./unreadable-proxy-protocol-attribute.ts";
import { valueNotAllowedByPolicy } from "./value-not-allowed-by-policy.ts";
import { wrongAnnotationPrefix } from "./wrong-annotation-prefix.ts";

/** Every rule, in the order findings are reported. */
export const rules: readonly Rule[] = [
  invalidEnumeration,
  invalidBoolean,
  invalidInteger,
  invalidMap,
  invalidJson,
  invalidIpAddress,
  invalidCidr,
  invalidSourceNatIpv6Prefixes,
  invalidMinimumCapacity,
  invalidLoadBalancerAttribute,
  invalidTargetGroupAttribute,
  loadBalancerNameTooLong,
  invalidLoadBalancerName,
  externalManagedTag,
  subnetsEmpty,
  subnetNamedTwice,
  securityGroupNamedTwice,
  addressesInOneSubnet,
  proxyProtocolInLoadBalancerAttributes,
  unreadableProxyProtocolAttribute,
  unreadableDeletionProtection,
  deletionProtectionKeepsLoadBalancer,
  nlbTargetTypeIgnored,
  ipTargetsDisabled,
  ipTargetsOnOverlayNetwork,
  nodePortNotAllocated,
  targetPortEmpty,
  externalWithoutTargetType,
  schemeConflictsWithInternal,
  eipAllocationsNeedInternetFacing,
  privateIpv4AddressesNeedInternal,
  ipv6NeedsDualstack,
  ipv6TargetsNeedPrimaryIpv6,
  dualstackNeedsIpv6Subnets,
  dualstackUdpNeedsIpv6Targets,
  dualstackUdpNeedsSourceNatPrefix,
  sourceNatPrefixNeedsDualstack,
  tcpUdpListenerUnreadable,
  tcpUdpCannotMerge,
  listenerLost,
  sctpNotSupported,
  quicNeedsUdp,
  quicPortUnknown,
  quicOneListener,
  quicNeedsIpTargets,
  quicNeedsNoSecurityGroups,
  quicNotOnDualstack,
  sslPortUnknown,
  tlsNotApplied,
  healthCheckPortUnresolved,
  preserveClientIpWithUdp,
  proxyProtocolPortUnknown,
  sourceNatIpv6PrefixesNeedPrefix,
  ipv6AddressesNeedDualstack,
  addressCountMatchesSubnets,
  proxyProtocolLocalHealthCheck,
  proxyProtocolWithHttpHealthCheck,
  proxyProtocolWithUdp,
  ipv4SourceRangesWithDualstack,
  ipv6SourceRangesNeedDualstack,
  sourceRangesIgnored,
  dualstackWithOwnSecurityGroups,
  securityGroupsCannotBeRemoved,
  securityGroupsCannotBeAdded,
  securityGroupRulesNeedBackendGroup,
  dualstackWithoutPublicIpv4IsForPublicAlbs,
  wrongAnnotationPrefix,
  inTreeIgnoresAnnotation,
  inTreeNeedsIpv4,
  inTreeMixedProtocols,
  inTreeUnsupportedProtocol,
  inTreeTargetGroupAttributes,
  autoModeIgnoresAnnotation,
  gardenerNeedsInstanceTargets,
  gardenerOverridesInternal,
  unreadableOptOut,
  noLoadBalancerControllerChosen,
  valueNotAllowedByPolicy,
  policyLabelUnusable,
  policyNotApplied,
  schemeChangeReplacesLoadBalancer,
  typeAnnotationChangeOrphansLoadBalancer,
  gardenerMigratesLoadBalancer,
  classChangeAbandonsLoadBalancer,
  ipFamilyChangeBlocksController,
  leavingLoadBalancerType,
  dualstackRemoved,
  sourceNatPrefixRemoved,
  dualstackAndPrefixInOneStep,
  targetGroupReplaced,
  proxyProtocolChanged,
  addressesAreFixed,
  nameIsFixed,
  attributeStays,
];
