import type { ManifestDocument, ManifestProblem } from "../kubernetes/manifests.ts";
import { UnreadableObject } from "../decision/subject.ts";

/** `FILE:LINE: sentence`, as compilers write it and editors follow it. */
export function problemText({ source, line, message }: ManifestProblem): string {
  return line === undefined ? `${source}: ${message}` : `${source}:${line}: ${message}`;
}

/** What is wrong with one field of a document. */
export function fieldProblem({ source, lineOf }: ManifestDocument, field: string, sentence: string): ManifestProblem {
  return { source, line: lineOf(pathOf(field)), message: `${field}: ${sentence}` };
}

/** What `read` gives, or the problem with the document that it found. */
export function attempt<T>(
  document: ManifestDocument,
  read: () => T,
): { readonly value: T } | { readonly problem: ManifestProblem } {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof UnreadableObject)) throw error;
    const sentence = error.message.slice(error.field.length + ": ".length);
    return { problem: fieldProblem(document, error.field, `${sentence}.`) };
  }
}

/** `spec.ports[0].name` and `metadata.annotations[a.b/c]` as steps. */
function pathOf(field: string): readonly (string | number)[] {
  const [, map, key] = /^(metadata\.(?:annotations|labels))\[(.*)\]$/s.exec(field) ?? [];
  if (map !== undefined && key !== undefined) return [...map.split("."), key];
  return field.split(/[.[\]]+/).flatMap((step) => (step === "" ? [] : [/^\d+$/.test(step) ? Number(step) : step]));
}
