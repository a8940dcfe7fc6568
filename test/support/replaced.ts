type Path = readonly string[];

/** The path of every value within, containers included. */
export function leaves(value: unknown, path: Path): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))];
}

/** The value with another one at a path. */
export function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (String(index) === step ? replaced(item, rest, by) : item));
  }
  if (typeof value !== "object" || value === null) return by;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === step ? replaced(item, rest, by) : item]),
  );
}
