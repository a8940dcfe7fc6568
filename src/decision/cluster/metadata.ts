import { UnreadableObject, missing, record, string } from "../raw.ts";
import type { Raw } from "../raw.ts";

/** The AWS Load Balancer Controller's API group and EKS Auto Mode's have a kind of this name each. */
export type ParamsApi = "elbv2.k8s.aws" | "eks.amazonaws.com";

/** Of an object in a namespace. */
export function identity(raw: unknown): { readonly namespace: string; readonly name: string } {
  const metadata = record(record(raw, "object")?.["metadata"], "metadata") ?? missing("metadata");
  const namespace = string(metadata["namespace"], "metadata.namespace");
  if (namespace === undefined) throw new UnreadableObject("metadata.namespace", "a string, and it is missing");
  return { namespace, name: nameOf(metadata) };
}

export function nameOf(metadata: Raw): string {
  const name = string(metadata["name"], "metadata.name");
  if (name === undefined) throw new UnreadableObject("metadata.name", "a string, and it is missing");
  return name;
}

/** The items of a list lack apiVersion at some API servers; then it is the AWS Load Balancer Controller's. */
export function apiOf(object: Raw): ParamsApi {
  const version = string(object["apiVersion"], "apiVersion") ?? "";
  return version.startsWith("eks.amazonaws.com/") ? "eks.amazonaws.com" : "elbv2.k8s.aws";
}
