import { ClusterObjects } from "../../../src/decision/cluster/cluster.ts";
import { ingressClassParamsView } from "../../../src/decision/cluster/class-params.ts";
import { backendService, bindingView, ingressClassView, ingressObject } from "../../../src/decision/cluster/views.ts";
import type { IngressClassParamsView } from "../../../src/decision/cluster/class-params.ts";
import type {
  BackendService,
  BindingView,
  IngressClassView,
  IngressObject,
} from "../../../src/decision/cluster/views.ts";

/** Other objects of a cluster, as a test writes them: only what it is about. */

export interface IngressParts {
  /** spec.ingressClassName. */
  readonly className?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly isTerminating?: boolean;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** "namespace/name". */
export function anIngress(key: string, parts: IngressParts = {}): IngressObject {
  const { className, annotations, finalizers, isTerminating = false, spec } = parts;
  const deletion = isTerminating ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {};
  return ingressObject({
    metadata: { ...identity(key), annotations, finalizers, ...deletion },
    spec: { ingressClassName: className, ...spec },
  });
}

export interface ClassParts {
  readonly controller?: string;
  /** Names IngressClassParams of the AWS Load Balancer Controller, or others whole. */
  readonly params?: string | Readonly<Record<string, string>>;
  readonly isDefault?: boolean;
}

export function aClass(name: string, parts: ClassParts = {}): IngressClassView {
  const { controller = "ingress.k8s.aws/alb", params, isDefault = false } = parts;
  const parameters =
    typeof params === "string" ? { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: params } : params;
  const annotations = isDefault ? { "ingressclass.kubernetes.io/is-default-class": "true" } : {};
  return ingressClassView({ metadata: { name, annotations }, spec: { controller, parameters } });
}

export function someParams(
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
  apiVersion = "elbv2.k8s.aws/v1beta1",
): IngressClassParamsView {
  return ingressClassParamsView({ apiVersion, metadata: { name }, spec });
}

export function aService(key: string, spec: Readonly<Record<string, unknown>> = {}): BackendService {
  return backendService({ metadata: identity(key), spec });
}

export function aBinding(key: string, service: string, apiVersion = "elbv2.k8s.aws/v1beta1"): BindingView {
  return bindingView({ apiVersion, metadata: identity(key), spec: { serviceRef: { name: service, port: 80 } } });
}

export interface ClusterParts {
  readonly ingresses?: readonly IngressObject[];
  readonly classes?: readonly IngressClassView[];
  readonly params?: readonly IngressClassParamsView[];
  readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Not all of the objects are known. */
  readonly isIncomplete?: boolean;
}

export function aCluster(parts: ClusterParts = {}): ClusterObjects {
  const { ingresses = [], classes = [], params = [], namespaces = {}, isIncomplete = false } = parts;
  const cluster = new ClusterObjects({ namespaceLabels: (name) => namespaces[name] });
  cluster.replace("Ingress", ingresses);
  cluster.replace("IngressClass", classes);
  cluster.replace("IngressClassParams", params);
  for (const kind of ["Ingress", "IngressClass", "IngressClassParams"] as const) {
    cluster.setComplete(kind, !isIncomplete);
  }
  return cluster;
}

export function keyOfIngress({ namespace, name }: IngressObject): string {
  return `${namespace}/${name}`;
}

function identity(key: string): { readonly namespace: string; readonly name: string } {
  const [namespace = "", name = ""] = key.split("/");
  return { namespace, name };
}
