/** Readers of raw objects: strict about the type of what they read, and null stands for absent, as on the wire. */

/** The object is not one that the API server could have sent; `field` says where. */
export class UnreadableObject extends Error {
  readonly field: string;
  constructor(field: string, expected: string) {
    super(`${field}: must be ${expected}`);
    this.name = "UnreadableObject";
    this.field = field;
  }
}

export type Raw = Readonly<Record<string, unknown>>;

/** Shared, since views are kept by the ten thousand. */
export const none: readonly never[] = [];

export function missing(field: string): never {
  throw new UnreadableObject(field, "an object, and it is missing");
}

export function record(value: unknown, field: string): Raw | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw new UnreadableObject(field, "an object");
  return value as Raw;
}

export function list(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return none;
  if (!Array.isArray(value)) throw new UnreadableObject(field, "a list");
  return value;
}

export function string(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new UnreadableObject(field, "a string");
  return value;
}

export function number(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new UnreadableObject(field, "a number");
  return value;
}

export function boolean(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw new UnreadableObject(field, "a boolean");
  return value;
}

export function strings(value: unknown, field: string): readonly string[] {
  return views(value, field, (item, at) => {
    if (typeof item !== "string") throw new UnreadableObject(at, "a string");
    return item;
  });
}

/** Each item of a list, read by a function that is told where it stands. */
export function views<T>(value: unknown, field: string, view: (item: unknown, at: string) => T): readonly T[] {
  const items = list(value, field);
  return items.length === 0 ? none : items.map((item, index) => view(item, `${field}[${index}]`));
}
