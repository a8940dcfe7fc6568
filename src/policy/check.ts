import * as z from "zod";

/**
 * A check across the fields of an object, said twice: for us, and in CEL for the API server, which has the resource's schema
 * and not our program.
 */
export interface Check<T> {
  /** The field that it is about, below the object. */
  readonly path: readonly string[];
  /** The fields may hold anything: those that have a problem of their own are given too. */
  readonly holds: (written: T) => boolean;
  /** The same as `holds`, of fields that have no problem of their own. */
  readonly cel: string;
  readonly message: Words<T>;
}

/** What is said, here and there. */
export interface Words<T> {
  readonly text: (written: T) => string;
  readonly crd: Pick<Validation, "message" | "messageExpression">;
}

/** A value among words. */
interface Slot<T> {
  readonly text: (written: T) => string;
  readonly cel: string;
}

/** words`${slot} is not allowed.` */
export function words<T>(texts: TemplateStringsArray, ...slots: readonly Slot<T>[]): Words<T> {
  if (slots.length === 0) {
    const text = texts.join("");
    return { text: () => text, crd: { message: text } };
  }
  const parts = texts.flatMap((text, index) => {
    const slot = slots[index];
    const literal = text === "" ? [] : [{ text: () => text, cel: JSON.stringify(text) }];
    return slot === undefined ? literal : [...literal, slot];
  });
  return {
    text: (written) => parts.map((part) => part.text(written)).join(""),
    crd: { messageExpression: parts.map(({ cel }) => cel).join(" + ") },
  };
}

/** Lets a check across fields run although a field has a problem of its own: all problems are reported at once. */
export const besideOtherProblems = {
  when: ({ value }: { readonly value: unknown }) => typeof value === "object" && value !== null,
};

export function complain(context: z.core.$RefinementCtx, path: readonly (string | number)[], message: string): void {
  context.addIssue({ code: "custom", path: [...path], message });
}

/** The schema with these checks, which its CustomResourceDefinition has too. */
export function checked<S extends z.ZodType>(schema: S, checks: readonly Check<z.output<S>>[]): S {
  const judging = schema.superRefine((written, context) => {
    for (const { path, holds, message } of checks) {
      if (!holds(written)) complain(context, path, message.text(written));
    }
  }, besideOtherProblems);
  crdKeywords.add(judging, { "x-kubernetes-validations": checks.map(validation) });
  return judging;
}

/** One of x-kubernetes-validations. */
export interface Validation {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly fieldPath?: string;
}

function validation({ path, cel, message }: Pick<Check<never>, "path" | "cel" | "message">): Validation {
  return { rule: cel, ...message.crd, fieldPath: path.map((step) => `.${step}`).join("") };
}

/** What a CustomResourceDefinition says of a value and JSON Schema does not. */
export interface CrdKeywords extends Record<string, unknown> {
  readonly "x-kubernetes-validations"?: readonly Validation[];
}

export const crdKeywords = z.registry<CrdKeywords>();
