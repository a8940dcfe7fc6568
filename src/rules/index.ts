import type { Rule } from "../decision/rule.ts";
import { actionServiceMissing } from "./action-service-missing.ts";
import { addressCountMatchesSubnets } from "./address-count-matches-subnets.ts";
import { addressesAreFixed } from "./addresses-are-fixed.ts";
import { addressesInOneSubnet } from "./addresses-in-one-subnet.ts";
import { annotationNoLongerAccepted } from "./annotation-no-longer-accepted.ts";
import { annotationOverruledByClass } from "./annotation-overruled-by-class.ts";
import { attributeStays } from "./attribute-stays.ts";
import { authenticationExcludesTokenValidation } from "./authentication-excludes-token-validation.ts";
import { authenticationNeedsProvider } from "./authentication-needs-provider.ts";
import { authenticationNeedsPublicIpv4 } from "./authentication-needs-public-ipv4.ts";
import { autoModeIgnoresAnnotation } from "./auto-mode-ignores-annotation.ts";
import { backendAnnotationIgnored } from "./backend-annotation-ignored.ts";
import { backendFamilyChangeBlocksController } from "./backend-family-change-blocks-controller.ts";
import { backendIpv6NeedsDualstack } from "./backend-ipv6-needs-dualstack.ts";
import { backendLosesBoundFamily } from "./backend-loses-bound-family.ts";
import { backendNeedsNodePort } from "./backend-needs-node-port.ts";
import { backendPortInUse } from "./backend-port-in-use.ts";
import { backendPortNotFound } from "./backend-port-not-found.ts";
import { backendTargetTypeRefused } from "./backend-target-type-refused.ts";
import { bindingFamilyMismatch } from "./binding-family-mismatch.ts";
import { bindingIpBlockFamily } from "./binding-ip-block-family.ts";
import { bindingNeedsNodePort } from "./binding-needs-node-port.ts";
import { bindingNeedsTargetType } from "./binding-needs-target-type.ts";
import { bindingNodeSelectorWithIpTargets } from "./binding-node-selector-with-ip-targets.ts";
import { bindingPortMissing } from "./binding-port-missing.ts";
import { bindingServiceMissing } from "./binding-service-missing.ts";
import { classAnnotationBypassesParams } from "./class-annotation-bypasses-params.ts";
import { classChangeAbandonsLoadBalancer } from "./class-change-abandons-load-balancer.ts";
import { conditionMixesValuesAndPatterns } from "./condition-mixes-values-and-patterns.ts";
import { customerOwnedIpv4PoolEmpty } from "./customer-owned-ipv4-pool-empty.ts";
import { customerOwnedPoolNeedsIpv4 } from "./customer-owned-pool-needs-ipv4.ts";
import { customerOwnedPoolIsFixed } from "./customer-owned-pool-is-fixed.ts";
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
import { frontendNlbNeedsPublicIpv4 } from "./frontend-nlb-needs-public-ipv4.ts";
import { frontendNlbSchemeNotStated } from "./frontend-nlb-scheme-not-stated.ts";
import { gardenerMigratesLoadBalancer } from "./gardener-migrates-load-balancer.ts";
import { gardenerNeedsInstanceTargets } from "./gardener-needs-instance-targets.ts";
import { gardenerOverridesInternal } from "./gardener-overrides-internal.ts";
import { groupAddressTypeConflict } from "./group-address-type-conflict.ts";
import { groupAlreadyBroken } from "./group-already-broken.ts";
import { groupDefaultBackendConflict } from "./group-default-backend-conflict.ts";
import { groupFrontendNlbConflict } from "./group-frontend-nlb-conflict.ts";
import { groupListenerConflict } from "./group-listener-conflict.ts";
import { groupSchemeConflict } from "./group-scheme-conflict.ts";
import { groupSslRedirectConflict } from "./group-ssl-redirect-conflict.ts";
import { groupValuesConflict } from "./group-values-conflict.ts";
import { groupChangeLeavesLoadBalancer } from "./group-change-leaves-load-balancer.ts";
import { healthCheckPortUnresolved } from "./health-check-port-unresolved.ts";
import { inTreeIgnoresAnnotation } from "./in-tree-ignores-annotation.ts";
import { inTreeMixedProtocols } from "./in-tree-mixed-protocols.ts";
import { inTreeNeedsIpv4 } from "./in-tree-needs-ipv4.ts";
import { inTreeTargetGroupAttributes } from "./in-tree-target-group-attributes.ts";
import { inTreeUnsupportedProtocol } from "./in-tree-unsupported-protocol.ts";
import { inboundCidrsAdmitNobody } from "./inbound-cidrs-admit-nobody.ts";
import { ingressClassUnusable } from "./ingress-class-unusable.ts";
import { inheritedTagManagedExternally } from "./inherited-tag-managed-externally.ts";
import { invalidBackendAnnotation } from "./invalid-backend-annotation.ts";
import { invalidBoolean } from "./invalid-boolean.ts";
import { invalidCidr } from "./invalid-cidr.ts";
import { invalidEnumeration } from "./invalid-enumeration.ts";
import { invalidGroupName } from "./invalid-group-name.ts";
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
import { ipamPoolNeedsPublicIpv4 } from "./ipam-pool-needs-public-ipv4.ts";
import { ipv4SourceRangesWithDualstack } from "./ipv4-source-ranges-with-dualstack.ts";
import { ipv6AddressesNeedDualstack } from "./ipv6-addresses-need-dualstack.ts";
import { ipv6NeedsDualstack } from "./ipv6-needs-dualstack.ts";
import { ipv6SourceRangesNeedDualstack } from "./ipv6-source-ranges-need-dualstack.ts";
import { ipv6TargetsNeedPrimaryIpv6 } from "./ipv6-targets-need-primary-ipv6.ts";
import { leavingLoadBalancerType } from "./leaving-load-balancer-type.ts";
import { listenerLost } from "./listener-lost.ts";
import { loadBalancerNameTooLong } from "./load-balancer-name-too-long.ts";
import { nameIsFixed } from "./name-is-fixed.ts";
import { nlbAttributeOnAlbTargetGroup } from "./nlb-attribute-on-alb-target-group.ts";
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
import { publicIpv4Removed } from "./public-ipv4-removed.ts";
import { quicNeedsIpTargets } from "./quic-needs-ip-targets.ts";
import { quicNeedsNoSecurityGroups } from "./quic-needs-no-security-groups.ts";
import { quicNeedsUdp } from "./quic-needs-udp.ts";
import { quicNotOnDualstack } from "./quic-not-on-dualstack.ts";
import { quicOneListener } from "./quic-one-listener.ts";
import { quicPortUnknown } from "./quic-port-unknown.ts";
import { resourceBackend } from "./resource-backend.ts";
import { schemeChangeReplacesLoadBalancer } from "./scheme-change-replaces-load-balancer.ts";
import { schemeConflictsWithInternal } from "./scheme-conflicts-with-internal.ts";
import { sctpNotSupported } from "./sctp-not-supported.ts";
import { securityGroupNamedTwice } from "./security-group-named-twice.ts";
import { securityGroupRulesNeedBackendGroup } from "./security-group-rules-need-backend-group.ts";
import { securityGroupsCannotBeAdded } from "./security-groups-cannot-be-added.ts";
import { securityGroupsCannotBeRemoved } from "./security-groups-cannot-be-removed.ts";
import { sharedLoadBalancerChanged } from "./shared-load-balancer-changed.ts";
import { singleSubnet } from "./single-subnet.ts";
import { sourceNatIpv6PrefixesNeedPrefix } from "./source-nat-ipv6-prefixes-need-prefix.ts";
import { sourceNatPrefixNeedsDualstack } from "./source-nat-prefix-needs-dualstack.ts";
import { sourceNatPrefixRemoved } from "./source-nat-prefix-removed.ts";
import { sourceRangesIgnored } from "./source-ranges-ignored.ts";
import { sslPortUnknown } from "./ssl-port-unknown.ts";
import { sslRedirectNeedsHttps } from "./ssl-redirect-needs-https.ts";
import { subnetNamedTwice } from "./subnet-named-twice.ts";
import { subnetsEmpty } from "./subnets-empty.ts";
import { targetControlPortNeedsIpTargets } from "./target-control-port-needs-ip-targets.ts";
import { targetGroupReplaced } from "./target-group-replaced.ts";
import { targetPortEmpty } from "./target-port-empty.ts";
import { targetTypeOverruledByService } from "./target-type-overruled-by-service.ts";
import { tcpUdpCannotMerge } from "./tcp-udp-cannot-merge.ts";
import { tcpUdpListenerUnreadable } from "./tcp-udp-listener-unreadable.ts";
import { tlsNotApplied } from "./tls-not-applied.ts";
import { typeAnnotationChangeOrphansLoadBalancer } from "./type-annotation-change-orphans-load-balancer.ts";
import { unreadableDeletionProtection } from "./unreadable-deletion-protection.ts";
import { unreadableOptOut } from "./unreadable-opt-out.ts";
import { unreadableProxyProtocolAttribute } from "./unreadable-proxy-protocol-attribute.ts";
import { valueNotAllowedByPolicy } from "./value-not-allowed-by-policy.ts";
import { wildcardInPath } from "./wildcard-in-path.ts";
import { wrongAnnotationPrefix } from "./wrong-annotation-prefix.ts";

/** Every rule, in the order findings are reported. */
export const rules: readonly Rule[] = [
  ingressClassUnusable,
  annotationNoLongerAccepted,
  invalidEnumeration,
  invalidBoolean,
  invalidInteger,
  invalidMap,
  invalidJson,
  invalidIpAddress,
  invalidCidr,
  invalidSourceNatIpv6Prefixes,
  invalidMinimumCapacity,
  invalidGroupName,
  invalidLoadBalancerAttribute,
  invalidTargetGroupAttribute,
  invalidBackendAnnotation,
  loadBalancerNameTooLong,
  invalidLoadBalancerName,
  externalManagedTag,
  inheritedTagManagedExternally,
  subnetsEmpty,
  singleSubnet,
  customerOwnedIpv4PoolEmpty,
  resourceBackend,
  wildcardInPath,
  conditionMixesValuesAndPatterns,
  authenticationNeedsProvider,
  authenticationExcludesTokenValidation,
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
  backendPortNotFound,
  actionServiceMissing,
  targetControlPortNeedsIpTargets,
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
  nlbAttributeOnAlbTargetGroup,
  ipv4SourceRangesWithDualstack,
  inboundCidrsAdmitNobody,
  ipv6SourceRangesNeedDualstack,
  sourceRangesIgnored,
  dualstackWithOwnSecurityGroups,
  securityGroupsCannotBeRemoved,
  securityGroupsCannotBeAdded,
  securityGroupRulesNeedBackendGroup,
  dualstackWithoutPublicIpv4IsForPublicAlbs,
  frontendNlbNeedsPublicIpv4,
  authenticationNeedsPublicIpv4,
  ipamPoolNeedsPublicIpv4,
  customerOwnedPoolNeedsIpv4,
  frontendNlbSchemeNotStated,
  groupSchemeConflict,
  groupAddressTypeConflict,
  groupValuesConflict,
  groupListenerConflict,
  groupDefaultBackendConflict,
  groupSslRedirectConflict,
  sslRedirectNeedsHttps,
  groupFrontendNlbConflict,
  groupAlreadyBroken,
  wrongAnnotationPrefix,
  classAnnotationBypassesParams,
  annotationOverruledByClass,
  backendAnnotationIgnored,
  targetTypeOverruledByService,
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
  sharedLoadBalancerChanged,
  groupChangeLeavesLoadBalancer,
  typeAnnotationChangeOrphansLoadBalancer,
  gardenerMigratesLoadBalancer,
  classChangeAbandonsLoadBalancer,
  ipFamilyChangeBlocksController,
  leavingLoadBalancerType,
  dualstackRemoved,
  publicIpv4Removed,
  sourceNatPrefixRemoved,
  dualstackAndPrefixInOneStep,
  targetGroupReplaced,
  proxyProtocolChanged,
  addressesAreFixed,
  nameIsFixed,
  customerOwnedPoolIsFixed,
  attributeStays,
  bindingServiceMissing,
  bindingPortMissing,
  bindingFamilyMismatch,
  bindingNeedsNodePort,
  bindingNeedsTargetType,
  bindingNodeSelectorWithIpTargets,
  bindingIpBlockFamily,
  backendTargetTypeRefused,
  backendIpv6NeedsDualstack,
  backendNeedsNodePort,
  backendPortInUse,
  backendFamilyChangeBlocksController,
  backendLosesBoundFamily,
];
