import { nlb } from "../annotations/catalog.ts";
import { injectKey } from "../annotations/own.ts";
import type { ClusterProfile } from "../decision/facts.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";

/** A Service as it is sent in a dry run. Nothing of it is ever stored. */
export interface CanaryService {
  readonly apiVersion: "v1";
  readonly kind: "Service";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly type: "LoadBalancer";
    readonly loadBalancerClass?: string;
    readonly ports: readonly { readonly port: number }[];
  };
}

interface Making {
  readonly namespace: string;
  /** Of this replica, so that it recognises its own requests. */
  readonly id: string;
  readonly profile: ClusterProfile;
  readonly policy: LoadBalancerPolicy | undefined;
}

/** Refused whatever the policy allows and whoever builds load balancers: the first fault is in an annotation of our own. */
export function knownBad({ namespace, id, profile: { loadBalancerClass } }: Making): CanaryService {
  const annotations = { [injectKey]: "canary", [nlb.ipAddressType]: "canary" };
  return service({ name: `${id}-bad`, namespace, annotations }, loadBalancerClass);
}

/**
 * From the plainest to the one that hardly any policy can refuse, since one that leaves everything open is no good Service
 * under every policy and in every cluster: one that states what the policy wants, and one of a controller that is not ours.
 */
export function knownGood({ namespace, id, profile, policy }: Making): readonly [CanaryService, ...CanaryService[]] {
  const { loadBalancerClass, ipAddressType, scheme, targetType, proxyProtocol } = policy?.spec.service ?? {};
  const annotations = {
    [nlb.ipAddressType]: wanted(ipAddressType) ?? "dualstack",
    [nlb.scheme]: wanted(scheme) ?? "internal",
    [nlb.targetType]: wanted(targetType) ?? "ip",
    ...(wanted(proxyProtocol) === "On" ? { [nlb.proxyProtocol]: "*" } : {}),
  };
  const name = `${id}-good`;
  return [
    service({ name, namespace }),
    service({ name, namespace, annotations }, wanted(loadBalancerClass) ?? profile.loadBalancerClass),
    service({ name, namespace }, "dualstack.dev/canary"),
  ];
}

function service(metadata: CanaryService["metadata"], loadBalancerClass?: string): CanaryService {
  const loadBalancer = loadBalancerClass === undefined ? {} : { loadBalancerClass };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { type: "LoadBalancer", ...loadBalancer, ports: [{ port: 443 }] },
  };
}

/** undefined: the policy sets no bounds. */
function wanted(
  setting: { readonly default?: string | undefined; readonly allowed?: readonly string[] | undefined } | undefined,
): string | undefined {
  return setting?.allowed && (setting.default ?? setting.allowed[0]);
}
