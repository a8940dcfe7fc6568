import type { ClusterProfile } from "../decision/facts.ts";
import type { Settings } from "../settings.ts";

/** What is known of the cluster, and what was assumed for it, as words and the flags that say otherwise. */
interface AssumedProfile {
  readonly profile: ClusterProfile;
  readonly assumptions: readonly string[];
}

/** Without a cluster there is nothing to be careful of: what is left open is taken as it is where all of this works. */
export function profileOf({ cluster, profile: given }: Settings): AssumedProfile {
  if (cluster.by !== "nothing") return { profile: given, assumptions: [] };
  const profile: ClusterProfile = {
    ...given,
    controllers: given.controllers ?? ["aws-load-balancer-controller"],
    subnetsHaveIPv6: given.subnetsHaveIPv6 ?? true,
  };
  return {
    profile,
    assumptions: [
      ...(given.controllers === undefined ? ["the AWS Load Balancer Controller is installed (--controllers)"] : []),
      ...(given.subnetsHaveIPv6 === undefined ? ["the subnets have IPv6 (--subnets-have-ipv6)"] : []),
    ],
  };
}
