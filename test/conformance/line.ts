import { z } from "zod";
import { UnreadableObject } from "../../src/decision/subject.ts";

/** Where a case stands. */
export interface Place extends Position {
  readonly id: string;
  readonly topic: string;
}

export interface Position {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A file that cannot be read, or not as cases; the message names file and line. */
export class IllFormed extends Error {
  constructor(file: string, line: number | undefined, message: string) {
    super(`${line === undefined ? file : `${file}:${line}`}: ${message}`);
    this.name = "IllFormed";
  }
}

/** What every line has besides `case` and `verdict`. */
export const place = { id: z.string().min(1), topic: z.string().min(1), nearestAccepted: z.string().optional() };

export function check<T>(schema: z.ZodType<T>, raw: unknown, { file, line }: Position): T {
  const { data, error } = schema.safeParse(raw);
  if (error === undefined) return data;
  const problems = error.issues.map(
    ({ path, message }) => `${path.length === 0 ? "the line" : path.join(".")}: ${message}`,
  );
  throw new IllFormed(file, line, problems.join("; "));
}

/** Reads an object as the product does; `path` is its place in the line. */
export function readObject<T>(read: (raw: unknown) => T, raw: unknown, path: string, { file, line }: Position): T {
  try {
    return read(raw);
  } catch (error) {
    if (error instanceof UnreadableObject) throw new IllFormed(file, line, `${path}.${error.message}`);
    throw error;
  }
}

/** What the controller may say of any object. */
export const errorFields = {
  owned: z.boolean(),
  error: z.string().nullable(),
  errorVariants: z.array(z.string()).min(1).optional(),
  unstableOutcome: z.boolean().default(false),
};

interface RawErrors {
  readonly owned: boolean;
  readonly error: string | null;
  readonly errorVariants?: readonly string[] | undefined;
  readonly loadBalancer: object | null;
}

const unstable = "<unstable>";

/** [] where the controller accepts; several texts where they differ from run to run. */
export function readErrors({ owned, error, errorVariants, loadBalancer }: RawErrors, at: Position): readonly string[] {
  const { file, line } = at;
  if (error === unstable && errorVariants === undefined) {
    throw new IllFormed(file, line, `verdict.errorVariants: is missing, and verdict.error is ${unstable}`);
  }
  if (owned && error === null && loadBalancer === null) {
    throw new IllFormed(file, line, "verdict.loadBalancer: is null, and the verdict has no error");
  }
  return error === null ? [] : error === unstable ? (errorVariants ?? []) : [error];
}
