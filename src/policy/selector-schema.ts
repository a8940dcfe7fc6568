import * as z from "zod";
import { besideOtherProblems, checked, complain, crdKeywords, words } from "./check.ts";
import { labelKey, labelKeySyntax, labelValue } from "./syntax.ts";

/** Ample for people, and few enough for the API server to look at each. */
const mostRequirements = 64;
/** Namespaces may be listed by their names. */
const mostValues = 1000;

const requiredValue = labelValue.describe("The value that the label must have.");
crdKeywords.add(requiredValue, { nullable: true });

const matchLabels = z
  .record(labelKey, requiredValue)
  .superRefine((labels, context) => {
    const count = Object.keys(labels).length;
    // A template whose only value came out empty loses its label on the way to the API server: then nothing would be required.
    if (count === 0) complain(context, [], "is empty: name a label, or remove the field.");
    if (count > mostRequirements) complain(context, [], tooMany(mostRequirements));
  }, besideOtherProblems)
  .describe("Labels that a namespace must have, with these values.");

const isKey = `key.size() <= ${labelKeySyntax.longest} && key.matches(${JSON.stringify(labelKeySyntax.pattern.source)})`;
const isEmpty = "dyn(self[key]) == null";

crdKeywords.add(matchLabels, {
  minProperties: 1,
  maxProperties: mostRequirements,
  // Else the API server would leave out what is null, and the selector would require less than was written.
  nullable: true,
  "x-kubernetes-validations": [
    {
      rule: `self.all(key, ${isKey})`,
      messageExpression: `"\\"" + self.filter(key, !(${isKey}))[0] + ${JSON.stringify(`" ${labelKeySyntax.sentence}.`)}`,
    },
    {
      rule: `self.all(key, !(${isEmpty}))`,
      messageExpression: `self.filter(key, ${isEmpty})[0] + " is empty: write a string, or remove the field."`,
    },
  ],
});

const operator = { text: (written: { readonly operator: string }) => written.operator, cel: "self.operator" };

const expression = checked(
  z.strictObject({
    key: labelKey.describe("The label that is looked at."),
    operator: z
      .enum(["In", "NotIn", "Exists", "DoesNotExist"])
      .describe("NotIn and DoesNotExist also match a namespace without the label."),
    values: z
      .array(labelValue)
      .max(mostValues, tooMany(mostValues))
      .optional()
      .describe("Needed for In and NotIn, forbidden for Exists and DoesNotExist."),
  }),
  [
    {
      path: ["values"],
      holds: ({ operator, values }) =>
        (operator !== "In" && operator !== "NotIn") ||
        (Array.isArray(values) ? values.length > 0 : values !== undefined),
      cel: "!(self.operator in ['In', 'NotIn']) || (has(self.values) && self.values.size() > 0)",
      message: words`the operator ${operator} needs at least one value here.`,
    },
    {
      path: ["values"],
      holds: ({ operator, values }) =>
        (operator !== "Exists" && operator !== "DoesNotExist") || !Array.isArray(values) || values.length === 0,
      cel: "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || self.values.size() == 0",
      message: words`the operator ${operator} takes no values: remove them, or use In or NotIn.`,
    },
  ],
);

const matchExpressions = z
  .array(expression)
  .max(mostRequirements, tooMany(mostRequirements))
  .describe("Conditions that must all hold, besides matchLabels.");
crdKeywords.add(matchExpressions, { nullable: true });

export const namespaceSelector = z.strictObject({
  matchLabels: matchLabels.optional(),
  matchExpressions: matchExpressions.optional(),
});
// As a metav1.LabelSelector: who applies it owns it whole.
crdKeywords.add(namespaceSelector, { "x-kubernetes-map-type": "atomic" });

function tooMany(most: number): string {
  return `has more than ${most} entries: keep the ones that matter.`;
}
