import { nearest } from "../text/nearest.ts";
import type * as z from "zod";

/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  readonly path: readonly (string | number)[];
  /** The path as people write it: spec.service.scheme.default. */
  readonly field: string;
  /** A sentence: the value, what is allowed, what to do. */
  readonly message: string;
}

type Path = PolicyProblem["path"];
type Schema = z.core.JSONSchema.BaseSchema;

/** Zod's issues, in the order of the schema, as sentences for the author of the policy. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  raw: unknown,
  schemaOf: () => Schema,
): readonly PolicyProblem[] {
  // To make it takes a millisecond, which a cluster of a thousand good policies need not wait for.
  const schema = issues.length === 0 ? {} : schemaOf();
  const reported = issues.flatMap((issue) => sentences(issue, raw, schema));
  const unseen = protoKeys(raw, []).filter(({ field }) => !reported.some((problem) => problem.field === field));
  return [...reported, ...unseen];
}

function sentences(issue: z.core.$ZodIssue, raw: unknown, schema: Schema): readonly PolicyProblem[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const value = valueAt(raw, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => problem([...path, key], unknownField(key, knownFields(schema, path))));
    case "invalid_type":
      return [problem(path, wrongType(issue.expected, value))];
    case "invalid_value":
      return [problem(path, wrongValue(issue.values.map(String), value))];
    case "invalid_key":
      return [problem(path, issue.issues[0]?.message ?? issue.message)];
    case "custom":
    case "invalid_format":
    case "too_small":
    case "too_big":
    case "not_multiple_of":
    case "invalid_union":
    case "invalid_element":
      return [problem(path, issue.message)];
  }
}

function problem(path: Path, message: string): PolicyProblem {
  return { path, field: fieldOf(path), message };
}

function fieldOf(path: Path): string {
  if (path.length === 0) return "document";
  return path.reduce<string>((field, step) => {
    if (typeof step === "number" || !/^[\w-]+$/.test(step)) return `${field}[${step}]`;
    return field === "" ? step : `${field}.${step}`;
  }, "");
}

function unknownField(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const suggestion = near === undefined ? "remove it" : `did you mean ${JSON.stringify(near)}`;
  return `there is no field ${JSON.stringify(key)} here: ${suggestion}${near === undefined ? "" : "?"} (known: ${known.join(", ")}).`;
}

function wrongType(expected: string, value: unknown): string {
  if (value === undefined) return `is missing: it must be ${nounOf(expected)}.`;
  if (value === null) return `is empty: write ${nounOf(expected)}, or remove the field.`;
  const remedy = expected === "array" && typeof value === "string" ? ` Write [${JSON.stringify(value)}].` : "";
  return `must be ${nounOf(expected)}, and is ${describe(value)}.${remedy}`;
}

function wrongValue(values: readonly string[], value: unknown): string {
  const use = `use ${values.map((item) => JSON.stringify(item)).join(" or ")}`;
  if (value === undefined) return `is missing: ${use}.`;
  if (value === null) return `is empty: ${use}, or remove the field.`;
  const quoted = typeof value === "boolean" ? (value ? "On" : "Off") : undefined;
  if (quoted !== undefined && values.includes(quoted)) {
    return `is ${describe(value)}, which is how YAML reads a bare ${quoted}: write "${quoted}" in quotes (allowed: ${values.join(", ")}).`;
  }
  return `${describe(value)} is not allowed: ${use}.`;
}

function nounOf(expected: string): string {
  switch (expected) {
    case "object":
    case "record":
      return "a mapping of fields";
    case "array":
      return "a list";
    case "int":
      return "a whole number";
    default:
      return `a ${expected}`;
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? JSON.stringify(value) : `the ${typeof value} ${JSON.stringify(value)}`;
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    raw,
  );
}

function knownFields(schema: Schema, path: Path): readonly string[] {
  let at: unknown = schema;
  for (const step of path) {
    if (!isRecord(at)) return [];
    const properties = at["properties"];
    at = typeof step === "number" ? at["items"] : isRecord(properties) ? properties[step] : undefined;
  }
  const properties = isRecord(at) ? at["properties"] : undefined;
  return isRecord(properties) ? Object.keys(properties) : [];
}

/** A parser of ours may leave out a key of this name unseen: a selector that loses its only label would match everything. */
function protoKeys(value: unknown, path: Path): readonly PolicyProblem[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return key === "__proto__" ? [problem(here, '"__proto__" is not a valid key: remove it.')] : protoKeys(item, here);
  });
}

function isRecord(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The known name at most two edits away, and fewer than half of its letters. */
