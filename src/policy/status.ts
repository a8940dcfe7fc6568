import * as z from "zod";

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

/** What the webhook writes into a LoadBalancerPolicy's status, and reads when it has to fall back on an earlier spec. */
export const PolicyStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe("The metadata.generation that was judged last."),
  conditions: z.array(condition).max(8).optional().describe("Accepted: whether the spec can be used, and is in force."),
  inForce: z
    .object({
      generation: z.int().min(0).describe("The metadata.generation that this spec had."),
      // Loose, since it was judged when it was the spec: no later schema may lose a part of it.
      spec: z.looseObject({}).describe("The spec as it was then."),
    })
    .optional()
    .describe("The last spec that could be used: it stays in force while the present one cannot."),
});
export type PolicyStatus = z.infer<typeof PolicyStatus>;
