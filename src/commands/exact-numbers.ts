import type { ManifestDocument, ManifestProblem } from "../kubernetes/manifests.ts";

/** Numbers that were rounded when they were read: writing them back would change the manifest. */
export function roundedNumbers({ raw, source, lineOf }: ManifestDocument): readonly ManifestProblem[] {
  return paths(raw).map((path) => ({
    source,
    line: lineOf(path),
    message: `${path.join(".")}: a whole number beyond 2^53 cannot be written back exactly: leave this document out of the input.`,
  }));
}

type Path = readonly (string | number)[];

function paths(value: unknown): readonly Path[] {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value) ? [[]] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    paths(item).map((path) => [Array.isArray(value) ? Number(key) : key, ...path]),
  );
}
