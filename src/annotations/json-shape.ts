/** How Go's decoder takes JSON into the types of a controller. */

/** A name in an object, and what its value may be. */
export interface Field {
  readonly name: string;
  /** What does not fit, behind the name: "is not a text". undefined: it fits. */
  readonly misfit: (value: unknown) => string | undefined;
}

/** Go's decoder refuses the whole text for one value of another type. Unknown names are passed over. */
export function misfitOf(object: object, fields: readonly Field[]): string | undefined {
  for (const { name, misfit } of fields) {
    const value = member(object, name);
    const fault = value === undefined ? undefined : misfit(value);
    if (fault !== undefined) return `${name} ${fault}`;
  }
  return undefined;
}

/** Names are equal in any case, of several the last counts, and null is nothing. */
export function member(object: object, name: string): unknown {
  const found: unknown = Object.entries(object).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return found ?? undefined;
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isInteger(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value);
}

export function text(name: string): Field {
  return { name, misfit: (value) => (isText(value) ? undefined : "is not a text") };
}

export function texts(name: string): Field {
  return { name, misfit: (value) => (isTexts(value) ? undefined : "is not a list of texts") };
}

export function integer(name: string): Field {
  return { name, misfit: (value) => (isInt32(value) ? undefined : "is not an integer") };
}

export function nameOrInteger(name: string): Field {
  return { name, misfit: (value) => (isText(value) || isInt32(value) ? undefined : "is not a name or an integer") };
}

export function flag(name: string): Field {
  return { name, misfit: (value) => (typeof value === "boolean" ? undefined : "is not true or false") };
}

/** Names with a text each. */
export function textsByName(name: string): Field {
  const fits = (value: unknown): boolean => isObject(value) && isTexts(Object.values(value));
  return { name, misfit: (value) => (fits(value) ? undefined : "is not an object of texts") };
}

export function objectOf(name: string, ...fields: readonly Field[]): Field {
  return {
    name,
    misfit(value) {
      if (!isObject(value)) return "is not an object";
      const misfit = misfitOf(value, fields);
      return misfit === undefined ? undefined : `is not right: ${misfit}`;
    },
  };
}

export function objectsOf(name: string, ...fields: readonly Field[]): Field {
  return {
    name,
    misfit(value) {
      const items = objectsIn(value);
      if (items === undefined) return "is not a list of objects";
      const misfit = firstOf(items, (item) => misfitOf(item, fields));
      return misfit === undefined ? undefined : `is not right: ${misfit}`;
    },
  };
}

/** The objects of a list, in which null is one without anything. undefined: it is no list of objects. */
export function objectsIn(value: unknown): readonly object[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  const objects = items.map((item) => item ?? {}).filter(isObject);
  return objects.length === items.length ? objects : undefined;
}

export function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Go reads a number into an integer only where it is written as one: neither 80.0 nor 8e1, which JSON.parse makes the same. */
export function hasFraction(json: string): boolean {
  return /\d[.eE]/.test(json.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => item === null || isText(item));
}

function isInt32(value: unknown): boolean {
  return isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}
