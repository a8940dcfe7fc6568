import { bindingView } from "./cluster/views.ts";
import { missing, record } from "./raw.ts";
import { metadataView } from "./subject.ts";
import type { ReviewedBinding } from "./subject.ts";

/** Reads a TargetGroupBinding of either API group. Throws UnreadableObject naming the first field of a wrong type. */
export function reviewedBinding(raw: unknown): ReviewedBinding {
  const { annotations, terminating } = metadataView(record(raw, "object") ?? missing("object"));
  return { kind: "TargetGroupBinding", annotations, terminating, binding: bindingView(raw) };
}
