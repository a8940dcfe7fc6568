import * as z from "zod";
import { besideOtherProblems, checked, complain, crdKeywords, words } from "./check.ts";

/** What a policy says about one setting: both halves are optional. */
export function setting<const T extends string>(value: z.ZodType<T, T>, description: string) {
  const object = z.strictObject({
    default: value.optional().describe("Injected where the author wrote nothing. Left out: nothing is injected."),
    allowed: allowed(value).optional(),
  });
  const chosen = {
    text: (written: z.output<typeof object>) => quoted(written.default),
    cel: celQuoted("self.default"),
  };
  return checked(object, [
    {
      path: ["default"],
      holds({ default: chosen, allowed: values }) {
        if (!value.safeParse(chosen).success || !Array.isArray(values) || values.length === 0) return true;
        return chosen === undefined || values.includes(chosen);
      },
      cel: "!has(self.default) || !has(self.allowed) || self.default in self.allowed",
      message: words`${chosen} is not among this setting's own allowed values: add it there, or choose one of them.`,
    },
  ])
    .optional()
    .describe(description);
}

/** Ample for names and patterns, and few enough for the API server to compare each with each. */
const mostAllowed = 64;

/** The bound of a setting. */
export function allowed<T extends string>(value: z.ZodType<T, T>) {
  const values = z
    .array(value)
    .min(1, "the list is empty, so every object would be refused: name the allowed values, or remove the field.")
    .max(mostAllowed, `the list is longer than ${mostAllowed}: name fewer values, or remove the field.`)
    .superRefine((values, context) => {
      if (!Array.isArray(values)) return;
      for (const [index, item] of values.entries()) {
        if (values.indexOf(item) === index) continue;
        complain(context, [index], `${JSON.stringify(item)} stands here twice: remove one.`);
      }
    }, besideOtherProblems)
    .describe("The values that may be in force; any other is refused. Left out: every value may.");
  const isOnce = "self.exists_one(other, other == item)";
  const twice = `self.filter(item, !${isOnce})[0]`;
  crdKeywords.add(values, {
    // Else the API server would leave out what is null, and nothing would be bound.
    nullable: true,
    "x-kubernetes-validations": [
      {
        rule: `self.all(item, ${isOnce})`,
        messageExpression: `${celQuoted(twice)} + " stands here twice: remove one."`,
      },
    ],
  });
  return values;
}

function quoted(value: unknown): string {
  return JSON.stringify(value);
}

/** What it quotes has no character that JSON escapes: the schema's patterns come first. */
function celQuoted(expression: string): string {
  return `"\\"" + ${expression} + "\\""`;
}
