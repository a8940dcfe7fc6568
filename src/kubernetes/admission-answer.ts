/** What the API server reads. */
export interface AdmissionAnswer {
  readonly apiVersion: "admission.k8s.io/v1";
  readonly kind: "AdmissionReview";
  readonly response: Readonly<Record<string, unknown>>;
}

interface Outcome {
  readonly allowed: boolean;
  readonly warnings: readonly string[];
  readonly audit: Readonly<Record<string, string>>;
  readonly patch?: string | undefined;
  readonly status?: object | undefined;
}

/** What the API server tells the user, who sees all of it. */
export function refusal(message: string): object {
  return { status: "Failure", code: 403, reason: "Forbidden", message: shortened(message) };
}

export function answer(
  { uid }: { readonly uid: string },
  { allowed, warnings, audit: notes, patch, status }: Outcome,
): AdmissionAnswer {
  const response: Record<string, unknown> = { uid, allowed };
  if (patch !== undefined) {
    response["patchType"] = "JSONPatch";
    response["patch"] = patch;
  }
  if (status !== undefined) response["status"] = status;
  if (warnings.length > 0) response["warnings"] = firstOf(warnings, mostWarnings, "warnings");
  if (Object.keys(notes).length > 0) response["auditAnnotations"] = notes;
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
}

/** The API server sends 4,096 characters of warnings, cut at 256 each when there are more (apiserver pkg/endpoints/filters/warning.go). */
const mostWarnings = 20;
/** More is nothing that a person reads at once, and a Status of thousands of lines is what kubectl would print. */
const mostProblems = 50;

/** A denial is a headline, which has the number of all problems, and a line for each. */
function shortened(message: string): string {
  const [headline = "", ...problems] = message.split("\n");
  return [headline, ...firstOf(problems, mostProblems, "problems")].join("\n");
}

function firstOf(lines: readonly string[], most: number, what: string): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more ${what}`];
}
