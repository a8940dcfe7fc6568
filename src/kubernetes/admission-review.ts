import { denials } from "../decision/decide.ts";
import type { Decision } from "../decision/decide.ts";
import { quote } from "../decision/rule.ts";
import { denialMessage, findingWarnings, injectionWarnings } from "../decision/messages.ts";
import { displayName, ingressView, serviceView, UnreadableObject } from "../decision/subject.ts";
import type { Phase, Subject } from "../decision/subject.ts";
import { applyPatch, patchOf } from "./patch.ts";

/** An admission.k8s.io/v1 request, reduced to what we answer and log. */
export interface Review {
  readonly uid: string;
  readonly operation: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
  readonly dryRun: boolean;
  /** undefined: nothing that we judge (another kind, a subresource, a deletion); it is admitted as it is. */
  readonly subject: Subject | undefined;
  /** The object as it came; the patch is made against it. */
  readonly object: unknown;
}

/** The body is no admission review that we can answer: HTTP 400, so that the manifest's failurePolicy decides. */
export class BadReview extends Error {
  readonly uid: string | undefined;
  constructor(message: string, uid?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BadReview";
    this.uid = uid;
  }
}

/** Reads a parsed body. Throws BadReview. By hand and not by a schema, since a schema library copies the object it checks. */
export function readReview(body: unknown, phase: Phase): Review {
  if (!isRecord(body)) throw new BadReview("the body must be an AdmissionReview object");
  const { apiVersion, kind, request } = body;
  if (kind !== "AdmissionReview") throw new BadReview(`kind must be "AdmissionReview", not ${describe(kind)}`);
  if (apiVersion !== "admission.k8s.io/v1") {
    throw new BadReview(`apiVersion must be "admission.k8s.io/v1", not ${describe(apiVersion)}`);
  }
  if (!isRecord(request)) throw new BadReview("request must be an object");
  const { uid } = request;
  if (typeof uid !== "string" || uid === "") throw new BadReview("request.uid must be a string that is not empty");
  try {
    return readRequest(request, uid, phase);
  } catch (cause) {
    if (cause instanceof UnreadableObject) throw new BadReview(`request.${cause.message}`, uid, { cause });
    throw cause;
  }
}

function readRequest(request: Fields, uid: string, phase: Phase): Review {
  const operation = text(request["operation"]);
  const kind = isRecord(request["kind"]) ? request["kind"] : {};
  const userInfo = isRecord(request["userInfo"]) ? request["userInfo"] : {};
  const review = {
    uid,
    operation,
    kind: text(kind["kind"]),
    namespace: text(request["namespace"]),
    name: text(request["name"]),
    user: text(userInfo["username"]),
    dryRun: request["dryRun"] === true,
    object: request["object"],
  };
  const judged =
    (operation === "CREATE" || operation === "UPDATE") && text(request["subResource"]) === "" && isJudgedKind(kind);
  if (!judged) return { ...review, subject: undefined };

  const { object, namespace } = review;
  const name = review.name === "" ? displayName(object) : review.name;
  const stored = operation === "UPDATE" ? request["oldObject"] : undefined;
  if (operation === "UPDATE" && !isRecord(stored)) throw new UnreadableObject("oldObject", "an object on an UPDATE");
  const common = { operation, phase, namespace, name } as const;
  const subject: Subject =
    review.kind === "Service"
      ? {
          kind: "Service",
          ...common,
          object: serviceView(object),
          old: isRecord(stored) ? serviceView(stored) : undefined,
        }
      : {
          kind: "Ingress",
          ...common,
          object: ingressView(object),
          old: isRecord(stored) ? ingressView(stored) : undefined,
        };
  return { ...review, name, subject };
}

function isJudgedKind({ group, version, kind }: Fields): boolean {
  if (version !== "v1") return false;
  return (
    (kind === "Service" && (group === "" || group === undefined)) ||
    (kind === "Ingress" && group === "networking.k8s.io")
  );
}

/**
 * The answer of /mutate. The patch is applied to `review.object` itself before it is sent, since the API server fails the
 * user's request on one that does not apply, even with failurePolicy Ignore; afterwards that object is the mutated one.
 */
export function mutateAnswer(review: Review, decision: Decision): AdmissionAnswer {
  const patch = patchOf(review.object, decision);
  applyPatch(review.object, patch);
  return answer(review, {
    allowed: true,
    warnings: injectionWarnings(decision),
    audit: audit(
      decision,
      "injected",
      decision.injections.map(({ target }) => target),
    ),
    patch: patch.length === 0 ? undefined : Buffer.from(JSON.stringify(patch)).toString("base64"),
  });
}

/** The answer of /validate: a denial is HTTP 200 with code 403 and reason Forbidden, which kubectl shows whole. */
export function validateAnswer(review: Review, decision: Decision): AdmissionAnswer {
  const message = review.subject && denialMessage(review.subject, decision);
  return answer(review, {
    allowed: message === undefined,
    warnings: findingWarnings(decision),
    audit: {
      ...audit(
        decision,
        "denied",
        denials(decision).map(({ rule }) => rule),
      ),
      ...audit(decision, "found", [...new Set(decision.findings.map(({ rule }) => rule))]),
    },
    status: message === undefined ? undefined : { status: "Failure", code: 403, reason: "Forbidden", message },
  });
}

/** The answer for what we do not judge. */
export function untouchedAnswer(review: Review): AdmissionAnswer {
  return answer(review, { allowed: true, warnings: [], audit: {} });
}

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

function answer({ uid }: Review, { allowed, warnings, audit: notes, patch, status }: Outcome): AdmissionAnswer {
  const response: Record<string, unknown> = { uid, allowed };
  if (patch !== undefined) {
    response["patchType"] = "JSONPatch";
    response["patch"] = patch;
  }
  if (status !== undefined) response["status"] = status;
  if (warnings.length > 0) response["warnings"] = warnings;
  if (Object.keys(notes).length > 0) response["auditAnnotations"] = notes;
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
}

/** Deterministic, since the API server keeps the first value of a key when it calls again. */
function audit(decision: Decision, key: string, values: readonly string[]): Readonly<Record<string, string>> {
  if (values.length === 0) return {};
  const policy = decision.policy.policy?.metadata.name;
  return policy === undefined ? { [key]: values.join(",") } : { policy, [key]: values.join(",") };
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whatever a stranger sends, an answer and a log line stay short. */
function describe(value: unknown): string {
  if (typeof value === "string") return quote(value);
  return value === undefined || value === null ? "nothing" : `a value of type ${typeof value}`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
