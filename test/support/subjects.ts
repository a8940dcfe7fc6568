import { reviewedBinding } from "../../src/decision/reviewed-binding.ts";
import { ingressView, serviceView } from "../../src/decision/subject.ts";
import type { BindingSubject, IngressSubject, Phase, ServiceSubject } from "../../src/decision/subject.ts";

/** The parts of a manifest that a test cares for; the rest is the smallest object that the API server would accept. */
export interface ObjectParts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  /** Laid over the smallest spec, field by field. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface RequestParts {
  /** The stored object: makes the request an update. */
  readonly old?: ObjectParts | undefined;
  /** Default: validating. */
  readonly phase?: Phase | undefined;
}

/** shop/web, of type LoadBalancer with one TCP port and no class: a Service that the in-tree controller would take. */
export function service(parts: ObjectParts, request: RequestParts = {}): ServiceSubject {
  const { old, phase = "validating" } = request;
  return {
    kind: "Service",
    operation: old === undefined ? "CREATE" : "UPDATE",
    phase,
    namespace: "shop",
    name: "web",
    object: serviceView(rawService(parts)),
    old: old === undefined ? undefined : serviceView(rawService(old)),
  };
}

/** shop/web, of the class "alb". A spec of `{ ingressClassName: undefined }` takes the class away. */
export function ingress(parts: ObjectParts, request: RequestParts = {}): IngressSubject {
  const { old, phase = "validating" } = request;
  return {
    kind: "Ingress",
    operation: old === undefined ? "CREATE" : "UPDATE",
    phase,
    namespace: "shop",
    name: "web",
    object: ingressView(rawIngress(parts)),
    old: old === undefined ? undefined : ingressView(rawIngress(old)),
  };
}

export interface BindingParts extends ObjectParts {
  /** Default: that of the AWS Load Balancer Controller. */
  readonly apiVersion?: "elbv2.k8s.aws/v1beta1" | "eks.amazonaws.com/v1";
  readonly labels?: Readonly<Record<string, string>>;
}

/** shop/web, which binds ip targets of the Service web to an IPv4 target group. */
export function binding(parts: BindingParts, old?: BindingParts): BindingSubject {
  return {
    kind: "TargetGroupBinding",
    operation: old === undefined ? "CREATE" : "UPDATE",
    phase: "validating",
    namespace: "shop",
    name: "web",
    object: reviewedBinding(rawBinding(parts)),
    old: old === undefined ? undefined : reviewedBinding(rawBinding(old)),
  };
}

export function rawBinding({
  apiVersion = "elbv2.k8s.aws/v1beta1",
  spec,
  status,
  ...metadata
}: BindingParts): Readonly<Record<string, unknown>> {
  return {
    apiVersion,
    kind: "TargetGroupBinding",
    metadata: { namespace: "shop", name: "web", ...metadata },
    spec: {
      serviceRef: { name: "web", port: 80 },
      targetGroupARN: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef",
      targetType: "ip",
      ipAddressType: "ipv4",
      ...spec,
    },
    ...(status === undefined ? {} : { status }),
  };
}

export function rawService({ spec, status, ...metadata }: ObjectParts): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "shop", name: "web", ...metadata },
    spec: { type: "LoadBalancer", ports: [{ name: "http", port: 80, protocol: "TCP" }], ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

export function rawIngress({ spec, status, ...metadata }: ObjectParts): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { namespace: "shop", name: "web", ...metadata },
    spec: {
      ingressClassName: "alb",
      defaultBackend: { service: { name: "web", port: { number: 80 } } },
      ...spec,
    },
    ...(status === undefined ? {} : { status }),
  };
}
