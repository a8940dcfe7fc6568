import { decide, denials } from "../decision/decide.ts";
import type { Decision } from "../decision/decide.ts";
import type { Install } from "../decision/facts.ts";
import { displayName, ingressView, serviceView, UnreadableObject } from "../decision/subject.ts";
import type { Subject } from "../decision/subject.ts";
import { applyPatch, patchOf } from "../kubernetes/patch.ts";
import type { ManifestDocument, ManifestProblem } from "../kubernetes/manifests.ts";
import type { PolicySet } from "../policy/resolve.ts";
import type { InputFacts } from "./input-facts.ts";
import { attempt } from "./input-problem.ts";

/** `changed` and `allowed` were judged; `untouched` was not, as the decision says why. */
export type Outcome = "changed" | "allowed" | "untouched" | "refused";

/** A Service or an Ingress of the input, and what would become of it. */
export interface Judged {
  readonly document: ManifestDocument;
  readonly subject: Subject;
  readonly decision: Decision;
  readonly outcome: Outcome;
  /** The manifest with the injections. Shares nothing with the document. */
  readonly result: unknown;
}

/** Each document of the input, in order. */
export type Entry =
  | { readonly kind: "judged"; readonly document: ManifestDocument; readonly judged: Judged }
  | { readonly kind: "unreadable"; readonly document: ManifestDocument; readonly problem: ManifestProblem }
  /** Of a kind that is not judged. */
  | { readonly kind: "other"; readonly document: ManifestDocument };

export interface JudgeInput {
  readonly policies: PolicySet;
  readonly facts: InputFacts;
  readonly install: Install;
  /** Of objects that name none. */
  readonly namespace: string;
}

/** The decision about one document, as if it were applied to a cluster that does not have it yet. */
export function judge(document: ManifestDocument, input: JudgeInput): Entry {
  const kind = judgedKind(document);
  if (kind === undefined) return { kind: "other", document };
  const read = attempt(document, () => readSubject(kind, document.raw, input.namespace));
  if ("problem" in read) return { kind: "unreadable", document, problem: read.problem };
  const subject = read.value;
  const { policies, facts, install } = input;
  const namespaceLabels = facts.labelsOf(subject.namespace);
  const decision = decide(subject, policies, { namespaceLabels, profile: facts.profile, install });
  // Through JSON and not by a structured clone: an anchor may be shared by labels and annotations.
  const result: unknown = JSON.parse(JSON.stringify(document.raw));
  const patch = patchOf(result, decision);
  applyPatch(result, patch);
  const outcome = outcomeOf(decision, patch.length > 0);
  return { kind: "judged", document, judged: { document, subject, decision, outcome, result } };
}

function judgedKind({ raw: { apiVersion, kind } }: ManifestDocument): Subject["kind"] | undefined {
  if (kind === "Service" && apiVersion === "v1") return "Service";
  return kind === "Ingress" && apiVersion === "networking.k8s.io/v1" ? "Ingress" : undefined;
}

function readSubject(kind: Subject["kind"], raw: ManifestDocument["raw"], namespace: string): Subject {
  const request = {
    operation: "CREATE",
    phase: "mutating",
    name: displayName(raw),
    namespace: namespaceOf(raw) ?? namespace,
    old: undefined,
  } as const;
  return kind === "Service"
    ? { kind, ...request, object: serviceView(raw) }
    : { kind, ...request, object: ingressView(raw) };
}

function namespaceOf({ metadata }: ManifestDocument["raw"]): string | undefined {
  if (typeof metadata !== "object" || metadata === null || !("namespace" in metadata)) return undefined;
  const { namespace } = metadata;
  if (namespace === undefined || namespace === null || namespace === "") return undefined;
  if (typeof namespace !== "string") throw new UnreadableObject("metadata.namespace", "a string");
  return namespace;
}

function outcomeOf(decision: Decision, isChanged: boolean): Outcome {
  if (denials(decision).length > 0) return "refused";
  if (isChanged) return "changed";
  return decision.untouched === undefined ? "allowed" : "untouched";
}
