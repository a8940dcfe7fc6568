import type { PolicyObject } from "../policy/standing.ts";
import { PolicyStatus } from "../policy/status.ts";
import { policyApiVersion } from "../policy/schema.ts";
import { asObject, textOf } from "./list.ts";
import type { Raw } from "./list.ts";

const [group] = policyApiVersion.split("/");

/** As RBAC and kubectl name it, and its CRD, too. */
export const policyResource = `loadbalancerpolicies.${group}`;
export const policiesPath = `/apis/${policyApiVersion}/loadbalancerpolicies`;
export const policyCrdPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${policyResource}`;

export function policyStatusPath(name: string): string {
  return `${policiesPath}/${encodeURIComponent(name)}/status`;
}

export function policyObject(raw: Raw): PolicyObject {
  const metadata = asObject(raw["metadata"], "metadata");
  const status = PolicyStatus.safeParse(raw["status"]);
  return {
    name: textOf(metadata["name"], "metadata.name"),
    uid: textOf(metadata["uid"], "metadata.uid"),
    generation: Number(metadata["generation"] ?? 0),
    resourceVersion: textOf(metadata["resourceVersion"], "metadata.resourceVersion"),
    spec: raw["spec"],
    status: status.success ? status.data : undefined,
  };
}
