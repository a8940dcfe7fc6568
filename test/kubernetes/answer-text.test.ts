import fc from "fast-check";
import { expect, it } from "vitest";
import type { AdmissionAnswer } from "../../src/kubernetes/admission-answer.ts";
import { answerText } from "../../src/kubernetes/answer-text.ts";

const head = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" } as const;

it("is the JSON of the answer, with a patch and without", () => {
  const response = fc.record(
    {
      uid: fc.string({ unit: "binary" }),
      allowed: fc.boolean(),
      patchType: fc.constant("JSONPatch"),
      patch: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
      warnings: fc.array(fc.string({ unit: "binary" })),
      auditAnnotations: fc.dictionary(fc.string(), fc.string()),
    },
    { requiredKeys: ["uid", "allowed"] },
  );
  fc.assert(
    fc.property(response, (made) => {
      const answer: AdmissionAnswer = { ...head, response: made };
      expect(JSON.parse(answerText(answer))).toEqual(JSON.parse(JSON.stringify(answer)));
    }),
  );
});
