import { UnreadableObject } from "../decision/subject.ts";
import type { Kind } from "../decision/subject.ts";
import { sources, versionOf } from "../kubernetes/cluster-sources.ts";
import type { ManifestDocument } from "../kubernetes/manifests.ts";

type Raw = ManifestDocument["raw"];

/** What a document is judged as; undefined: it is of a kind that is not. */
export function judgedKind({ raw: { apiVersion, kind } }: ManifestDocument): Kind | undefined {
  return kinds.find((each) => each === kind && sources[each].apis.some((api) => versionOf(api) === apiVersion));
}

const kinds = ["Service", "Ingress", "TargetGroupBinding"] as const satisfies readonly Kind[];

/** Which object of a cluster it is. `namespace` is that of objects that name none. undefined: it has no name yet, or none that can be read. */
export function identityOf(
  { apiVersion, metadata }: Raw,
  namespace: string,
): { readonly apiVersion: string; readonly namespace: string; readonly name: string } | undefined {
  if (typeof apiVersion !== "string" || typeof metadata !== "object" || metadata === null) return undefined;
  const { name, namespace: own = namespace } = Object.fromEntries(Object.entries(metadata));
  if (typeof name !== "string" || name === "") return undefined;
  return typeof own === "string" ? { apiVersion, namespace: own === "" ? namespace : own, name } : undefined;
}

/** Throws UnreadableObject where it is no text. */
export function namespaceOf({ metadata }: Raw): string | undefined {
  if (typeof metadata !== "object" || metadata === null || !("namespace" in metadata)) return undefined;
  const { namespace } = metadata;
  if (namespace === undefined || namespace === null || namespace === "") return undefined;
  if (typeof namespace !== "string") throw new UnreadableObject("metadata.namespace", "a string");
  return namespace;
}
