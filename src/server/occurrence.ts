import { denialMessage, findingText, shortFields } from "../decision/messages.ts";
import { isNews } from "../decision/injection.ts";
import { wouldRefuse } from "../decision/shadow.ts";
import type { ReviewedSubject } from "../decision/subject.ts";
import type { Answered } from "./admission.ts";

/** What an Event tells about one object. */
export interface Occurrence {
  readonly reason: "LoadBalancerRefused" | "LoadBalancerWouldBeRefused" | "LoadBalancerValueLeftOut";
  readonly note: string;
  readonly regarding: Regarding;
}

/** As in events.k8s.io/v1. */
interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Known once the object is stored, or about to be. */
  readonly uid?: string;
}

/**
 * undefined: nothing that the object's team has to know of. They see the same where they apply by hand; where a controller or a
 * pipeline does, its log is often out of their reach. A dry run leaves nothing behind.
 */
export function occurrenceOf({ webhook, review, decision }: Answered): Occurrence | undefined {
  const { subject, dryRun, namespace } = review;
  if (decision === undefined || subject === undefined || dryRun || namespace === "") return undefined;
  if (webhook === "mutate") {
    const news = decision.leftOut.filter((value) => isNews(value) && value.reason !== "shadow");
    if (news.length === 0) return undefined;
    return occurrence(
      "LoadBalancerValueLeftOut",
      news.map(({ message }) => shortFields(message)).join("; "),
      subject,
      review.object,
    );
  }
  const refusal = denialMessage(subject, decision);
  if (refusal !== undefined) return occurrence("LoadBalancerRefused", refusal, subject, review.object);
  const shadow = wouldRefuse(decision);
  if (shadow.length === 0) return undefined;
  return occurrence("LoadBalancerWouldBeRefused", shadow.map(findingText).join(" "), subject, review.object);
}

function occurrence(
  reason: Occurrence["reason"],
  note: string,
  { kind, namespace, name }: ReviewedSubject,
  object: unknown,
): Occurrence {
  const uid = textAt(object, "metadata", "uid");
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const regarding = { apiVersion, kind, namespace, name, ...(uid === undefined ? {} : { uid }) };
  return { reason, note: shortened(note), regarding };
}

/** The API server takes 1,024 bytes (kubernetes pkg/apis/core/validation/events.go). */
const mostBytes = 1024;

/** On one line, since kubectl shows Events in a table. */
function shortened(note: string): string {
  const bytes = Buffer.from(note.toWellFormed().replace(/\s*\p{Cc}+\s*/gu, " "));
  if (bytes.length <= mostBytes) return bytes.toString();
  // A character that is cut in two reads as the replacement character.
  return `${bytes
    .subarray(0, mostBytes - 10)
    .toString()
    .replace(/\uFFFD+$/, "")}…`;
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
  return typeof found === "string" && found !== "" ? found : undefined;
}
