import type { Rule } from "../decision/rule.ts";
import { classChangeAbandonsLoadBalancer } from "./class-change-abandons-load-balancer.ts";
import { dualstackAddedNeedsIpv6Subnets } from "./dualstack-added-needs-ipv6-subnets.ts";
import { dualstackRemoved } from "./dualstack-removed.ts";
import { dualstackUdpNeedsIpv6Targets } from "./dualstack-udp-needs-ipv6-targets.ts";
import { dualstackUdpNeedsSourceNatPrefix } from "./dualstack-udp-needs-source-nat-prefix.ts";
import { dualstackWithoutPublicIpv4IsForPublicAlbs } from "./dualstack-without-public-ipv4-is-for-public-albs.ts";
import { externalWithoutTargetType } from "./external-without-target-type.ts";
import { inTreeIgnoresAnnotation } from "./in-tree-ignores-annotation.ts";
import { inTreeNeedsIpv4 } from "./in-tree-needs-ipv4.ts";
import { invalidBoolean } from "./invalid-boolean.ts";
import { invalidEnumeration } from "./invalid-enumeration.ts";
import { ipFamilyChangeBlocksController } from "./ip-family-change-blocks-controller.ts";
import { ipv4SourceRangesWithDualstack } from "./ipv4-source-ranges-with-dualstack.ts";
import { ipv6NeedsDualstack } from "./ipv6-needs-dualstack.ts";
import { leavingLoadBalancerType } from "./leaving-load-balancer-type.ts";
import { nlbTargetTypeIgnored } from "./nlb-target-type-ignored.ts";
import { noLoadBalancerControllerChosen } from "./no-load-balancer-controller-chosen.ts";
import { policyLabelUnusable } from "./policy-label-unusable.ts";
import { policyNotApplied } from "./policy-not-applied.ts";
import { proxyProtocolLocalHealthCheck } from "./proxy-protocol-local-health-check.ts";
import { proxyProtocolWithUdp } from "./proxy-protocol-with-udp.ts";
import { schemeChangeReplacesLoadBalancer } from "./scheme-change-replaces-load-balancer.ts";
import { schemeConflictsWithInternal } from "./scheme-conflicts-with-internal.ts";
import { sourceNatPrefixNeedsDualstack } from "./source-nat-prefix-needs-dualstack.ts";
import { typeAnnotationChangeOrphansLoadBalancer } from "./type-annotation-change-orphans-load-balancer.ts";
import { unreadableOptOut } from "./unreadable-opt-out.ts";
import { valueNotAllowedByPolicy } from "./value-not-allowed-by-policy.ts";
import { wrongAnnotationPrefix } from "./wrong-annotation-prefix.ts";

/** Every rule, in the order findings are reported. */
export const rules: readonly Rule[] = [
  invalidEnumeration,
  invalidBoolean,
  nlbTargetTypeIgnored,
  externalWithoutTargetType,
  schemeConflictsWithInternal,
  ipv6NeedsDualstack,
  dualstackUdpNeedsIpv6Targets,
  dualstackUdpNeedsSourceNatPrefix,
  sourceNatPrefixNeedsDualstack,
  proxyProtocolLocalHealthCheck,
  proxyProtocolWithUdp,
  ipv4SourceRangesWithDualstack,
  dualstackWithoutPublicIpv4IsForPublicAlbs,
  wrongAnnotationPrefix,
  inTreeIgnoresAnnotation,
  inTreeNeedsIpv4,
  unreadableOptOut,
  noLoadBalancerControllerChosen,
  valueNotAllowedByPolicy,
  policyLabelUnusable,
  policyNotApplied,
  schemeChangeReplacesLoadBalancer,
  typeAnnotationChangeOrphansLoadBalancer,
  classChangeAbandonsLoadBalancer,
  ipFamilyChangeBlocksController,
  leavingLoadBalancerType,
  dualstackRemoved,
  dualstackAddedNeedsIpv6Subnets,
];
