import { albEntries } from "./alb.ts";
import { nlbEntries } from "./nlb.ts";
import type { AnnotatedObject, AnnotationEntry } from "./entry.ts";

export { alb, ingressClassAnnotation } from "./alb.ts";
export { nlb } from "./nlb.ts";
export type { AnnotatedObject, AnnotationEntry, Reading, SecurityGroups } from "./entry.ts";

/** Every annotation that the AWS Load Balancer Controller reads on Services and Ingresses. */
export const catalog: readonly AnnotationEntry[] = [...nlbEntries, ...albEntries];

const indexes: Readonly<Record<AnnotatedObject, Index>> = {
  Service: index("Service"),
  Ingress: index("Ingress"),
  BackendService: index("BackendService"),
};

/** The entry of a key on an object of this kind: its own, or that of its family. undefined: the controller never reads it there. */
export function catalogEntry(key: string, kind: AnnotatedObject): AnnotationEntry | undefined {
  const { exact, families } = indexes[kind];
  return exact.get(key) ?? families.find((family) => key.startsWith(family.key) && key.length > family.key.length);
}

interface Index {
  readonly exact: ReadonlyMap<string, AnnotationEntry>;
  /** None begins with another. A handful: no key, however long, makes the search slow. */
  readonly families: readonly AnnotationEntry[];
}

function index(kind: AnnotatedObject): Index {
  const entries = catalog.filter(({ readOn }) => readOn.includes(kind));
  return {
    exact: new Map(entries.filter(({ form }) => form === "exact").map((entry) => [entry.key, entry])),
    families: entries.filter(({ form }) => form === "prefix"),
  };
}
