import { injectedAnnotation } from "../annotations/own.ts";
import { decide, denials } from "../decision/decide.ts";
import type { Decision } from "../decision/decide.ts";
import type { Facts, Install } from "../decision/facts.ts";
import { reviewedBinding } from "../decision/reviewed-binding.ts";
import { displayName, ingressView, serviceView } from "../decision/subject.ts";
import type { Kind, ReviewedSubject, ServiceView } from "../decision/subject.ts";
import { applyPatch, patchOf } from "../kubernetes/patch.ts";
import type { ManifestDocument, ManifestProblem } from "../kubernetes/manifests.ts";
import type { PolicySet } from "../policy/resolve.ts";
import { applied } from "./applied.ts";
import type { InputFacts } from "./input-facts.ts";
import { attempt } from "./input-problem.ts";
import { judgedKind, namespaceOf } from "./judged-kinds.ts";

/** `changed` and `allowed` were judged; `untouched` was not, as the decision says why. */
export type Outcome = "changed" | "allowed" | "untouched" | "refused";

/** A Service, an Ingress or a TargetGroupBinding of the input, and what would become of it. */
export interface Judged {
  readonly document: ManifestDocument;
  readonly subject: ReviewedSubject;
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
  /** The objects that a cluster has already, by the documents that would change them. */
  readonly stored: ReadonlyMap<ManifestDocument, Raw>;
}

type Raw = ManifestDocument["raw"];

/** The decision about one document, as if it were applied now, to a cluster that has the others already. */
export function judge(document: ManifestDocument, input: JudgeInput): Entry {
  const kind = judgedKind(document);
  if (kind === undefined) return { kind: "other", document };
  const stored = input.stored.get(document);
  const read = attempt(document, () => readSubject(kind, document.raw, { stored, namespace: input.namespace }));
  if ("problem" in read) return { kind: "unreadable", document, problem: read.problem };
  const subject = read.value;
  const decision = decide(subject, input.policies, factsFor(subject, input));
  // Through JSON and not by a structured clone: an anchor may be shared by labels and annotations.
  const result: unknown = JSON.parse(JSON.stringify(document.raw));
  const patch = patchOf(result, { ...decision, provenance: provenanceIn(document.raw, decision) });
  applyPatch(result, patch);
  const outcome = outcomeOf(decision, patch.length > 0);
  return { kind: "judged", document, judged: { document, subject, decision, outcome, result } };
}

export function factsFor({ namespace }: ReviewedSubject, { facts, install }: JudgeInput): Facts {
  const { labelsOf, profile, cluster } = facts;
  return { namespaceLabels: labelsOf(namespace), profile, install, cluster };
}

function readSubject(
  kind: Kind,
  raw: Raw,
  { stored, namespace: unsaid }: { readonly stored: Raw | undefined; readonly namespace: string },
): ReviewedSubject {
  const operation = stored === undefined ? "CREATE" : "UPDATE";
  const namespace = namespaceOf(raw) ?? unsaid;
  const request = { operation, namespace, name: displayName(raw) } as const;
  const object = stored === undefined ? raw : applied(raw, stored);
  switch (kind) {
    case "Service": {
      const view = serviceView(object);
      const old = stored && serviceView(stored);
      // Nothing is injected into it; what others send to it is judged when it is allocated.
      if (old !== undefined && view.type !== "LoadBalancer" && old.type !== "LoadBalancer") {
        return { kind, ...request, phase: "validating", object: withNodePorts(view), old };
      }
      return { kind, ...request, phase: "mutating", object: view, old };
    }
    case "Ingress":
      return { kind, ...request, phase: "mutating", object: ingressView(object), old: stored && ingressView(stored) };
    case "TargetGroupBinding": {
      const placed = { ...object, metadata: { ...Object(object["metadata"]), namespace } };
      const old = stored && reviewedBinding(stored);
      return { kind, ...request, phase: "validating", object: reviewedBinding(placed), old };
    }
  }
}

/** The API server gives each port of such a Service one; which one does not matter. */
function withNodePorts(service: ServiceView): ServiceView {
  if (service.type !== "NodePort") return service;
  return { ...service, ports: service.ports.map((port) => ({ ...port, nodePort: port.nodePort ?? anyNodePort })) };
}

const anyNodePort = 30_000;

/** What is to go from the stored object is mostly not in the manifest that updates it. */
function provenanceIn({ metadata }: Raw, { provenance }: Decision): Decision["provenance"] {
  if (provenance.action !== "remove") return provenance;
  const annotations =
    typeof metadata === "object" && metadata !== null && "annotations" in metadata && metadata.annotations;
  const isThere =
    typeof annotations === "object" && annotations !== null && Object.hasOwn(annotations, injectedAnnotation);
  return isThere ? provenance : { action: "keep" };
}

function outcomeOf(decision: Decision, isChanged: boolean): Outcome {
  if (denials(decision).length > 0) return "refused";
  if (isChanged) return "changed";
  return decision.untouched === undefined ? "allowed" : "untouched";
}
