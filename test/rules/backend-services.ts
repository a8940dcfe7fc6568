/** Services behind the Ingress under review, which sends to shop/web unless it says otherwise; keys of annotations without their prefix. */

interface ServiceParts {
  readonly annotations?: Readonly<Record<string, string>>;
  /** Laid over that of a Service with a node port, as the API server has it. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

export function service(key: string, { annotations = {}, spec }: ServiceParts = {}): object {
  const [namespace, name] = key.split("/");
  const keyed = Object.entries(annotations).map(([suffix, value]) => [`alb.ingress.kubernetes.io/${suffix}`, value]);
  return {
    kind: "Service",
    metadata: { namespace, name, annotations: Object.fromEntries(keyed) },
    spec: { type: "NodePort", ipFamilies: ["IPv4"], ports: [httpPort], ...spec },
  };
}

export const httpPort = { name: "http", protocol: "TCP", port: 80, targetPort: 8080, nodePort: 30080 };

export const ipv6 = { ipFamilies: ["IPv6", "IPv4"] };

export const clusterIP = { type: "ClusterIP", ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080 }] };

/** The spec of an Ingress with a path for each of these backends; "use-annotation" for an action. */
export function pathsTo(
  ...backends: readonly (readonly [name: string, port: number | string])[]
): Readonly<Record<string, unknown>> {
  const paths = backends.map(([name, port]) => ({
    path: "/",
    pathType: "Prefix",
    backend: { service: { name, port: typeof port === "number" ? { number: port } : { name: port } } },
  }));
  return { defaultBackend: undefined, rules: [{ http: { paths } }] };
}

/** An action that forwards to port 80 of each of these Services. */
export function forwardTo(...services: readonly string[]): string {
  const targetGroups = services.map((serviceName) => ({ serviceName, servicePort: 80, weight: 1 }));
  return JSON.stringify({ type: "forward", forwardConfig: { targetGroups } });
}

/** An IngressClass of EKS Auto Mode. */
export const autoModeClass = {
  kind: "IngressClass",
  metadata: { name: "auto" },
  spec: { controller: "eks.amazonaws.com/alb" },
};
