import { nlb } from "../annotations/catalog.ts";
import { gardenerActs, gardenerRewrites, gardenerValues, ignoreLoadBalancer } from "../annotations/gardener.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import { isProvisioned, serviceController } from "./controller.ts";
import type { ClusterProfile } from "./facts.ts";
import { inTreeScheme, serviceInForce } from "./in-force.ts";
import type { Injection } from "./injection.ts";
import { settledBy } from "./settled.ts";
import type { ServiceSubject, ServiceView } from "./subject.ts";

/**
 * Gardener's webhook runs after ours and writes its own values over a Service that asks for its first load balancer. Where
 * the policy speaks of one of them and another value would be in force, it has to stay away. The subject is the one with
 * all other injections.
 */
export function keepingGardenerAway(
  { object, old }: ServiceSubject,
  policy: LoadBalancerPolicy,
  profile: ClusterProfile,
): Injection | undefined {
  if (!gardenerActs(profile) || object.annotations[ignoreLoadBalancer] !== undefined) return undefined;
  // A load balancer that exists: nothing new, and what migrates it keeps Gardener away itself.
  if (old?.type === "LoadBalancer" && isProvisioned(old)) return undefined;
  if (!gardenerRewrites(object.annotations, old?.annotations)) return undefined;
  const because = overwritten(object, policy, profile);
  return because === undefined ? undefined : { target: ignoreLoadBalancer, value: "true", because };
}

/** The first of the policy's fields whose value Gardener would overwrite with another one. */
function overwritten(service: ServiceView, policy: LoadBalancerPolicy, profile: ClusterProfile): string | undefined {
  const { scheme, ipAddressType, targetType } = policy.spec.service;
  const wanted = wantedOf(service, policy, profile);
  const differs = (field: "scheme" | "ipAddressType" | "targetType"): boolean =>
    wanted[field] !== undefined && wanted[field] !== gardenerValues[field];
  if (scheme?.default !== undefined && differs("scheme")) return "service.scheme";
  if (ipAddressType?.default !== undefined && differs("ipAddressType")) return "service.ipAddressType";
  return targetType?.default !== undefined && differs("targetType") ? "service.targetType" : undefined;
}

interface Wanted {
  readonly scheme: string | undefined;
  readonly ipAddressType: string | undefined;
  readonly targetType: string | undefined;
}

const nothing: Wanted = { scheme: undefined, ipAddressType: undefined, targetType: undefined };

function wantedOf(service: ServiceView, policy: LoadBalancerPolicy, profile: ClusterProfile): Wanted {
  const { annotations } = service;
  const controller = serviceController(service, profile);
  switch (controller.name) {
    case "aws-load-balancer-controller":
      return serviceInForce(service, controller, profile);
    case "cloud-controller-manager": {
      // It reads the internal annotation alone, but Gardener would hand the Service to the controller that reads all of them.
      // What the policy has for the target type does not count: Gardener's own is the one that its clusters support.
      const { scheme, ipAddressType } = policy.spec.service;
      const hasInternal = settledBy(nlb.scheme, service) === nlb.internal;
      return {
        scheme: hasInternal ? inTreeScheme(annotations) : (annotations[nlb.scheme] ?? scheme?.default),
        ipAddressType: annotations[nlb.ipAddressType] ?? ipAddressType?.default,
        targetType: annotations[nlb.targetType],
      };
    }
    case "eks-auto-mode":
    case "other":
    case "nobody":
      return nothing;
  }
}
