import type { AdmissionAnswer } from "./admission-answer.ts";

/**
 * An answer as JSON. The patch is put in as it stands: base64 has nothing to be escaped, and to look through it for that
 * takes longer than to write all the rest.
 */
export function answerText(answer: AdmissionAnswer): string {
  const { apiVersion, kind, response } = answer;
  const { patch } = response;
  if (typeof patch !== "string") return JSON.stringify(answer);
  const others = JSON.stringify({ ...response, patch: undefined });
  return `{"apiVersion":"${apiVersion}","kind":"${kind}","response":${others.slice(0, -1)},"patch":"${patch}"}}`;
}
