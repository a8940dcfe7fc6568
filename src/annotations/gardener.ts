import { nlb } from "./nlb.ts";

/**
 * Gardener's AWS extension has a mutating webhook for Services of its own, which runs after ours
 * (pkg/webhook/shootservice/mutator.go:51-132). This is what it does, read from its code.
 */

/** Exactly "true" keeps that webhook away from a Service. */
export const ignoreLoadBalancer = "extensions.gardener.cloud/ignore-load-balancer";

/** What it writes over whatever the author wrote, a load balancer class notwithstanding. */
export const gardenerValues = {
  type: "external",
  scheme: "internet-facing",
  ipAddressType: "dualstack",
  targetType: "instance",
} as const;

interface Platform {
  readonly platform: "gardener" | undefined;
  readonly ipFamily: "ipv4" | "ipv6" | "dualstack" | undefined;
}

type Annotations = Readonly<Record<string, string>>;

/** It acts on clusters whose DNS Service has an IPv6 family. Where the families are not known, it may. */
export function gardenerActs({ platform, ipFamily }: Platform): boolean {
  return platform === "gardener" && ipFamily !== "ipv4";
}

/** Whether it would write its values over a Service of type LoadBalancer; `stored` are its annotations before an update. */
export function gardenerRewrites(annotations: Annotations, stored: Annotations | undefined): boolean {
  const isIgnored = annotations[ignoreLoadBalancer] === "true";
  if (isIgnored || annotations[nlb.scheme] === "internal" || annotations[nlb.internal] === "true") return false;
  if (stored === undefined || annotations[nlb.ipAddressType] === gardenerValues.ipAddressType) return true;
  // An update that neither has dualstack nor takes the ignore annotation away gets that annotation, and nothing else.
  return stored[ignoreLoadBalancer] === "true";
}

/** Whether it may have been here already. The author may have written the same, so that nobody can say for certain. */
export function isGardenerRewritten(annotations: Annotations): boolean {
  return (
    annotations[nlb.type] === gardenerValues.type &&
    annotations[nlb.scheme] === gardenerValues.scheme &&
    annotations[nlb.ipAddressType] === gardenerValues.ipAddressType &&
    annotations[nlb.targetType] === gardenerValues.targetType
  );
}
