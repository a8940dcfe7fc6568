import * as z from "zod";

/** Lets a check across fields run although a field has a problem of its own: all problems are reported at once. */
export const besideOtherProblems = {
  when: ({ value }: { readonly value: unknown }) => typeof value === "object" && value !== null,
};

export function complain(context: z.core.$RefinementCtx, path: readonly (string | number)[], message: string): void {
  context.addIssue({ code: "custom", path: [...path], message });
}

/** What a policy says about one setting: both halves are optional. */
export function setting<const T extends string>(value: z.ZodType<T, T>, description: string) {
  return z
    .strictObject({
      default: value.optional().describe("Injected where the author wrote nothing. Left out: nothing is injected."),
      allowed: allowed(value).optional(),
    })
    .superRefine((written, context) => {
      const { default: chosen, allowed: values } = written;
      if (!value.safeParse(chosen).success || !Array.isArray(values) || values.length === 0) return;
      if (chosen === undefined || values.includes(chosen)) return;
      const list = values.map((item) => JSON.stringify(item)).join(", ");
      const message = `${JSON.stringify(chosen)} is not among this setting's own allowed values (${list}): add it there, or choose one of them.`;
      complain(context, ["default"], message);
    }, besideOtherProblems)
    .optional()
    .describe(description);
}

/** The bound of a setting. */
export function allowed<T extends string>(value: z.ZodType<T, T>) {
  return z
    .array(value)
    .min(1, "the list is empty, so every object would be refused: name the allowed values, or remove the field.")
    .superRefine((values, context) => {
      if (!Array.isArray(values)) return;
      for (const [index, item] of values.entries()) {
        if (values.indexOf(item) === index) continue;
        complain(context, [index], `${JSON.stringify(item)} stands here twice: remove one.`);
      }
    }, besideOtherProblems)
    .describe("The values that may be in force; any other is refused. Left out: every value may.");
}
