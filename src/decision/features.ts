import { injectKey } from "../annotations/own.ts";
import type { Resolution } from "../policy/resolve.ts";
import type { Facts } from "./facts.ts";
import type { Feature, MissingValue } from "./rule.ts";
import type { ServiceSubject } from "./subject.ts";

/** As bits: a set of features is a number. */
export const featureBits: Readonly<Record<Feature, number>> = {
  "no-class": 1,
  "not-tcp": 2,
  "port-twice": 4,
  "source-ranges": 8,
  "no-node-ports": 16,
  defaulted: 32,
  "scope-label": 64,
  "picked-policy": 128,
  "missing-values": 256,
  "subnets-without-ipv6": 512,
  "overlay-network": 1024,
  gardener: 2048,
  "no-ip-targets": 4096,
  "no-nlb-security-groups": 8192,
};

interface Surroundings {
  readonly policy: Resolution;
  readonly facts: Facts;
  readonly missing: readonly MissingValue[];
}

/** The features of a Service as it will be, and of what is known around it: no rule that names one looks for it on the stored object. */
export function featuresOf({ object, phase }: ServiceSubject, { policy, facts, missing }: Surroundings): number {
  const { loadBalancerClass, ports, loadBalancerSourceRanges, allocateLoadBalancerNodePorts } = object;
  const { profile, namespaceLabels } = facts;
  let features = 0;
  if (loadBalancerClass === undefined) features |= featureBits["no-class"];
  if (loadBalancerSourceRanges.length > 0) features |= featureBits["source-ranges"];
  if (allocateLoadBalancerNodePorts === false) features |= featureBits["no-node-ports"];
  if (phase === "validating") features |= featureBits.defaulted;
  if (namespaceLabels[injectKey] !== undefined) features |= featureBits["scope-label"];
  if (policy.pick !== undefined) features |= featureBits["picked-policy"];
  if (missing.length > 0) features |= featureBits["missing-values"];
  if (profile.subnetsHaveIPv6 !== true) features |= featureBits["subnets-without-ipv6"];
  if (profile.overlayNetwork === true) features |= featureBits["overlay-network"];
  if (profile.platform === "gardener") features |= featureBits.gardener;
  if (!profile.featureGates.EnableIPTargetType) features |= featureBits["no-ip-targets"];
  if (!profile.featureGates.NLBSecurityGroup) features |= featureBits["no-nlb-security-groups"];
  ports.forEach(({ protocol, port }, index) => {
    if (protocol !== "TCP") features |= featureBits["not-tcp"];
    if (ports.findIndex((other) => other.port === port) !== index) features |= featureBits["port-twice"];
  });
  return features;
}
