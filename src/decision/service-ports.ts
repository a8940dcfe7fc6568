import type { BindingView } from "./cluster/views.ts";
import type { IpFamily } from "./facts.ts";
import type { ServicePort } from "./subject.ts";

interface PortsOfService {
  readonly type: string;
  readonly ports: readonly ServicePort[];
}

/** The port that a reference means: a text is a name, a number a port (pkg/k8s/service_utils.go:10-25). */
export function findPort({ ports }: PortsOfService, reference: number | string): ServicePort | undefined {
  return ports.find(({ name, port }) => (typeof reference === "string" ? name === reference : port === reference));
}

/** Whether instance targets can be registered with a port of the Service (pkg/backend/endpoint_resolver.go:79-81). */
export function hasNodePort({ type }: PortsOfService, { nodePort = 0 }: ServicePort): boolean {
  return nodePort !== 0 && (type === "NodePort" || type === "LoadBalancer");
}

/** The family of the addresses that are registered for a binding (pkg/targetgroupbinding/resource_manager.go:952-959). */
export function boundFamily({ ipAddressType }: BindingView): IpFamily {
  return ipAddressType === "ipv6" ? "IPv6" : "IPv4";
}
