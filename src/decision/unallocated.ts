import type { ClusterProfile } from "./facts.ts";
import type { ServiceView } from "./subject.ts";

/**
 * At mutation the API server has not chosen ipFamilies yet: the Service in each way that it may come out, by its
 * ipFamilyPolicy and what the profile says of the cluster (Kubernetes' own allocation: registry/core/service/storage/alloc.go).
 * A Service that states its families stands for itself.
 */
export function possibleAllocations(
  service: ServiceView,
  profile: ClusterProfile,
): readonly [ServiceView, ...ServiceView[]] {
  if (service.ipFamilies !== undefined) return [service];
  const [first, ...rest] = possibleFamilies(service.ipFamilyPolicy, profile.ipFamily);
  return [{ ...service, ipFamilies: first }, ...rest.map((ipFamilies) => ({ ...service, ipFamilies }))];
}

/** The Service as the mutating phase saw it: without what the API server allocates in between. */
export function unallocated(service: ServiceView): ServiceView {
  return {
    ...service,
    ipFamilies: undefined,
    ports: service.ports.map((port) => ({ ...port, nodePort: undefined })),
  };
}

type Families = readonly string[];

const ipv4: Families = ["IPv4"];
const ipv6: Families = ["IPv6"];
const both: Families = ["IPv4", "IPv6"];

function possibleFamilies(
  policy: string | undefined,
  cluster: ClusterProfile["ipFamily"],
): readonly [Families, ...Families[]] {
  switch (cluster) {
    case "ipv4":
      return [ipv4];
    case "ipv6":
      return [ipv6];
    case "dualstack":
      return policy === "PreferDualStack" || policy === "RequireDualStack" ? [both] : [ipv4, ipv6];
    case undefined:
      if (policy === "RequireDualStack") return [both];
      return policy === "PreferDualStack" ? [ipv4, ipv6, both] : [ipv4, ipv6];
  }
}
