import type { ClusterKind, ClusterViews } from "../decision/cluster/cluster.ts";
import { ingressClassParamsView } from "../decision/cluster/class-params.ts";
import { backendService, bindingView, ingressClassView, ingressObject } from "../decision/cluster/views.ts";
import type { ParamsApi } from "../decision/cluster/metadata.ts";
import type { Raw } from "./list.ts";

/** Where the objects of a kind are, and what is kept of each. */
export interface Source<View> {
  readonly plural: string;
  readonly apis: readonly Api[];
  readonly read: (raw: Raw) => View;
}

export interface Api {
  readonly group: string;
  readonly version: string;
  /** Its kinds exist where a CRD says so, and in the other AWS group, too. */
  readonly aws?: ParamsApi;
}

const core: Api = { group: "", version: "v1" };
export const networking: Api = { group: "networking.k8s.io", version: "v1" };
export const awsApis: readonly Api[] = [awsApi("elbv2.k8s.aws", "v1beta1"), awsApi("eks.amazonaws.com", "v1")];

export const sources: { readonly [K in ClusterKind]: Source<ClusterViews[K]> } = {
  Ingress: { plural: "ingresses", apis: [networking], read: ingressObject },
  IngressClass: { plural: "ingressclasses", apis: [networking], read: ingressClassView },
  IngressClassParams: { plural: "ingressclassparams", apis: awsApis, read: ingressClassParamsView },
  Service: { plural: "services", apis: [core], read: backendService },
  TargetGroupBinding: { plural: "targetgroupbindings", apis: awsApis, read: bindingView },
};

/** Every kind that a decision may depend on. */
export const clusterKinds = [
  "Ingress",
  "IngressClass",
  "IngressClassParams",
  "Service",
  "TargetGroupBinding",
] as const satisfies readonly ClusterKind[];

/** As `apiVersion` says it. */
export function versionOf({ group, version }: Api): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The path of a collection in all namespaces. */
export function pathOf(api: Api, plural: string): string {
  return `${apiPath(api)}/${plural}`;
}

/** The path of one object of a kind that has namespaces. */
export function objectPath(api: Api, plural: string, namespace: string, name: string): string {
  return `${apiPath(api)}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
}

/** As RBAC and kubectl name it: `services`, `ingresses.networking.k8s.io`. */
export function resourceOf({ group }: Api, plural: string): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function awsApi(group: ParamsApi, version: string): Api {
  return { group, version, aws: group };
}

function apiPath(api: Api): string {
  return `/${api.group === "" ? "api" : "apis"}/${versionOf(api)}`;
}
