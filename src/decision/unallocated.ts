import type { ClusterProfile, IpFamily } from "./facts.ts";
import type { ServiceView } from "./subject.ts";

/**
 * At mutation the API server has not chosen ipFamilies yet: the Service in each way that it may come out, by its
 * ipFamilyPolicy and what the profile says of the cluster (Kubernetes' own allocation: registry/core/service/storage/alloc.go).
 * A Service that states its families stands for itself. One that is stored keeps the family that it has, and one that asks
 * for an address has that of the address: neither need be the cluster's first.
 */
export function possibleAllocations(
  service: ServiceView,
  { ipFamily, detectedFamilies }: ClusterProfile,
  stored?: ServiceView,
): readonly [ServiceView, ...ServiceView[]] {
  if (service.ipFamilies !== undefined) return [service];
  const hasFamily = stored?.ipFamilies !== undefined || (service.clusterIP ?? "") !== "";
  const [first, ...rest] = possibleFamilies(service.ipFamilyPolicy, ipFamily, hasFamily ? undefined : detectedFamilies);
  return [{ ...service, ipFamilies: first }, ...rest.map((ipFamilies) => ({ ...service, ipFamilies }))];
}

/** The Service as the mutating phase saw it: without what the API server allocates in between. */
export function unallocated(service: ServiceView): ServiceView {
  const { ports, allocateLoadBalancerNodePorts } = service;
  // Where none are allocated, those that are there are the author's own.
  const isOwn = allocateLoadBalancerNodePorts === false;
  return {
    ...service,
    ipFamilies: undefined,
    ports: isOwn ? ports : ports.map((port) => ({ ...port, nodePort: undefined })),
  };
}

type Families = readonly string[];

const ipv4: Families = ["IPv4"];
const ipv6: Families = ["IPv6"];
const both: Families = ["IPv4", "IPv6"];

function possibleFamilies(
  policy: string | undefined,
  cluster: ClusterProfile["ipFamily"],
  [primary, second]: readonly IpFamily[] = [],
): readonly [Families, ...Families[]] {
  switch (cluster) {
    case "ipv4":
      return [ipv4];
    case "ipv6":
      return [ipv6];
    case "dualstack":
      return policy === "PreferDualStack" || policy === "RequireDualStack" ? [both] : [ipv4, ipv6];
    case undefined: {
      if (policy === "RequireDualStack") return [both];
      if (policy === "PreferDualStack" && second !== undefined) return [both];
      const single: readonly [Families, ...Families[]] = primary === undefined ? [ipv4, ipv6] : [[primary]];
      return policy === "PreferDualStack" ? [...single, both] : single;
    }
  }
}
