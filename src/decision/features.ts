import type { Feature } from "./rule.ts";
import type { ServiceView } from "./subject.ts";

/** As bits, so that a Service's features and those that a rule needs are compared at once. */
export const featureBits: Readonly<Record<Feature, number>> = {
  "no-class": 1,
  "not-tcp": 2,
  "port-twice": 4,
  "source-ranges": 8,
};

/** The features of a Service as it will be: no rule that names one looks at the stored object. */
export function featuresOf({ loadBalancerClass, ports, loadBalancerSourceRanges }: ServiceView): number {
  let features = loadBalancerClass === undefined ? featureBits["no-class"] : 0;
  if (loadBalancerSourceRanges.length > 0) features |= featureBits["source-ranges"];
  ports.forEach(({ protocol, port }, index) => {
    if (protocol !== "TCP") features |= featureBits["not-tcp"];
    if (ports.findIndex((other) => other.port === port) !== index) features |= featureBits["port-twice"];
  });
  return features;
}
