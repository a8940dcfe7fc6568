import * as z from "zod";
import { crdKeywords } from "./check.ts";

/** The type of the condition that says whether the spec can be used. */
export const acceptedCondition = "Accepted";

/** A metav1.Condition, with the bounds that Kubernetes gives it (apimachinery pkg/apis/meta/v1/types.go). */
const condition = z.object({
  type: z.string().max(316).describe("What it is about: Accepted."),
  status: z.enum(["True", "False", "Unknown"]).describe("Whether it holds."),
  observedGeneration: z.int().min(0).optional().describe("The metadata.generation that was judged."),
  lastTransitionTime: z.iso.datetime({ offset: true }).describe("When the status changed last."),
  reason: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
    .describe("Why, as one word for programs."),
  message: z.string().max(32_768).describe("Why, as sentences for people."),
});
export type Condition = z.infer<typeof condition>;

const conditions = z.array(condition).max(8).describe("Accepted: whether the spec can be used, and is in force.");
crdKeywords.add(conditions, { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] });

/** What the webhook writes into a LoadBalancerPolicy's status, and reads when it has to fall back on an earlier spec. */
export const PolicyStatus = z
  .object({
    observedGeneration: z.int().min(0).optional().describe("The metadata.generation that was judged last."),
    conditions: conditions.optional(),
    inForce: z
      .object({
        generation: z.int().min(0).describe("The metadata.generation that this spec had."),
        // Loose, since it was judged when it was the spec: no later schema may lose a part of it.
        spec: z.looseObject({}).describe("The spec as it was then."),
      })
      .optional()
      .describe("The last spec that could be used: it stays in force while the present one cannot."),
  })
  .describe("What the webhook has made of the spec.");
export type PolicyStatus = z.infer<typeof PolicyStatus>;
