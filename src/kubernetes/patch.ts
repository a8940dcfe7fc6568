import { injectedAnnotation } from "../annotations/own.ts";
import type { Decision } from "../decision/decide.ts";
import { loadBalancerClassTarget } from "../decision/injection.ts";

/** The three operations of RFC 6902 that we use, on members of objects only. */
export type PatchOperation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: string | Readonly<Record<string, string>> }
  | { readonly op: "remove"; readonly path: string };

/** The operations that carry out a decision on the raw object: only what changes, and the annotations map whole where there is none. */
export function patchOf(object: unknown, { injections, provenance }: Decision): readonly PatchOperation[] {
  const metadata = member(object, "metadata");
  const present = member(metadata, "annotations");
  const operations: PatchOperation[] = [];
  const whole: Record<string, string> = {};
  const annotate = (key: string, value: string): void => {
    if (present === undefined) whole[key] = value;
    else operations.push({ op: Object.hasOwn(present, key) ? "replace" : "add", path: pointerTo(key).text, value });
  };
  for (const { target, value } of injections) {
    if (target === loadBalancerClassTarget) operations.push({ op: "add", path: classPointer.text, value });
    else annotate(target, value);
  }
  if (provenance.action === "write") annotate(injectedAnnotation, provenance.value);
  if (provenance.action === "remove") operations.push({ op: "remove", path: pointerTo(injectedAnnotation).text });
  if (present === undefined && Object.keys(whole).length > 0) {
    operations.push({ op: "add", path: annotationsPointer.text, value: whole });
  }
  return operations;
}

/**
 * Carries a patch of ours out on an object, in place. Throws where an operation does not apply, as the API server would:
 * it then fails the user's request, even with failurePolicy Ignore. A tenth of the cost of a library for all of RFC 6902,
 * in the path of every request; the tests hold it against one.
 */
export function applyPatch(object: unknown, operations: readonly PatchOperation[]): void {
  for (const operation of operations) {
    const { parents, key } = pointers.get(operation.path) ?? unknownPointer(operation.path);
    let parent = object;
    for (const name of parents) parent = member(parent, name);
    if (parent === undefined || (operation.op !== "add" && !Object.hasOwn(parent as object, key))) {
      throw new Error(`the patch operation ${operation.op} ${operation.path} does not apply`);
    }
    const target = parent as Record<string, unknown>;
    if (operation.op === "remove") delete target[key];
    else target[key] = operation.value;
  }
}

interface Pointer {
  /** As RFC 6901 writes it. */
  readonly text: string;
  readonly parents: readonly string[];
  readonly key: string;
}

/** Every place that we ever patch, by its text: a handful. */
const pointers = new Map<string, Pointer>();
const byAnnotation = new Map<string, Pointer>();
const classPointer = pointer(["spec"], "loadBalancerClass");
const annotationsPointer = pointer(["metadata"], "annotations");

function pointerTo(annotation: string): Pointer {
  let found = byAnnotation.get(annotation);
  if (found === undefined) {
    found = pointer(["metadata", "annotations"], annotation);
    byAnnotation.set(annotation, found);
  }
  return found;
}

function pointer(parents: readonly string[], key: string): Pointer {
  const escaped = [...parents, key].map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1"));
  const made = { text: `/${escaped.join("/")}`, parents, key };
  pointers.set(made.text, made);
  return made;
}

function unknownPointer(path: string): never {
  throw new Error(`the patch path ${path} is none of ours`);
}

function member(value: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  const found = (value as Record<string, unknown>)[key];
  return typeof found === "object" && found !== null && !Array.isArray(found)
    ? (found as Record<string, unknown>)
    : undefined;
}
