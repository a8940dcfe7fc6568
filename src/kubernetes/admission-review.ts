import { denials } from "../decision/decide.ts";
import type { Decision } from "../decision/decide.ts";
import type { Injection } from "../decision/injection.ts";
import { quote } from "../decision/rule.ts";
import type { Finding } from "../decision/rule.ts";
import { denialMessage, findingWarnings, injectionWarnings } from "../decision/messages.ts";
import { reviewedBinding } from "../decision/reviewed-binding.ts";
import { wouldInject, wouldRefuse } from "../decision/shadow.ts";
import { displayName, ingressView, serviceView, UnreadableObject } from "../decision/subject.ts";
import type { Kind, Operation, Phase, ReviewedSubject } from "../decision/subject.ts";
import { answer, refusal } from "./admission-answer.ts";
import type { AdmissionAnswer } from "./admission-answer.ts";
import { applyPatch, patchOf } from "./patch.ts";
import { isPolicy } from "./policy-review.ts";
import type { ReviewedPolicy } from "./policy-review.ts";

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
  readonly subject: ReviewedSubject | undefined;
  /** A LoadBalancerPolicy to be judged; there is no subject then. */
  readonly policy?: ReviewedPolicy;
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
  if (!isRecord(body)) throw new BadReview(`the body must be an AdmissionReview object${butIs(body)}`);
  const { apiVersion, kind, request } = body;
  if (kind !== "AdmissionReview") throw new BadReview(`kind must be "AdmissionReview"${butIs(kind)}`);
  if (apiVersion !== "admission.k8s.io/v1") {
    throw new BadReview(`apiVersion must be "admission.k8s.io/v1"${butIs(apiVersion)}`);
  }
  if (!isRecord(request)) throw new BadReview(`request must be an object${butIs(request)}`);
  const { uid } = request;
  if (typeof uid !== "string" || uid === "") {
    throw new BadReview(`request.uid must be a string that is not empty${butIs(uid)}`);
  }
  try {
    return readRequest(request, uid, phase);
  } catch (cause) {
    if (cause instanceof UnreadableObject) throw new BadReview(oneLine(`request.${cause.message}`), uid, { cause });
    throw cause;
  }
}

function readRequest(request: Fields, uid: string, phase: Phase): Review {
  const operation = requiredText(request["operation"], "operation");
  const kind = record(request["kind"], "kind") ?? {};
  const userInfo = record(request["userInfo"], "userInfo") ?? {};
  const review = {
    uid,
    operation,
    kind: requiredText(kind["kind"], "kind.kind"),
    namespace: text(request["namespace"], "namespace"),
    name: text(request["name"], "name"),
    user: text(userInfo["username"], "userInfo.username"),
    dryRun: flag(request["dryRun"], "dryRun"),
    object: request["object"],
  };
  const version = requiredText(kind["version"], "kind.version");
  const group = text(kind["group"], "kind.group");
  const whole = text(request["subResource"], "subResource") === "";
  if ((operation !== "CREATE" && operation !== "UPDATE") || !whole) return { ...review, subject: undefined };
  const judged = judgedKind(group, version, review.kind);
  const isOwn = phase === "validating" && isPolicy(group, version, review.kind);
  if (judged === undefined && !isOwn) return { ...review, subject: undefined };

  const { object, namespace } = review;
  const name = review.name === "" ? read(displayName, object, "object") : review.name;
  const stored = operation === "UPDATE" ? request["oldObject"] : undefined;
  if (operation === "UPDATE" && !isRecord(stored)) throw unreadable("oldObject", "an object on an UPDATE", stored);
  if (judged === undefined) return { ...review, name, subject: undefined, policy: { object, old: stored } };
  const subject = subjectOf(judged, { operation, phase, namespace, name }, object, stored);
  return { ...review, name, subject };
}

interface Request {
  readonly operation: Operation;
  readonly phase: Phase;
  readonly namespace: string;
  readonly name: string;
}

/** undefined: nothing of its kind is judged in this phase. */
function subjectOf(kind: Kind, request: Request, object: unknown, stored: unknown): ReviewedSubject | undefined {
  const { operation, phase, namespace, name } = request;
  switch (kind) {
    case "Service":
      return {
        kind,
        operation,
        phase,
        namespace,
        name,
        object: read(serviceView, object, "object"),
        old: readStored(serviceView, stored),
      };
    case "Ingress":
      return {
        kind,
        operation,
        phase,
        namespace,
        name,
        object: read(ingressView, object, "object"),
        old: readStored(ingressView, stored),
      };
    case "TargetGroupBinding":
      if (phase === "mutating") return undefined;
      return {
        kind,
        operation,
        phase,
        namespace,
        name,
        object: read(reviewedBinding, object, "object"),
        old: readStored(reviewedBinding, stored),
      };
  }
}

function readStored<V>(reader: (raw: unknown) => V, stored: unknown): V | undefined {
  return isRecord(stored) ? read(reader, stored, "oldObject") : undefined;
}

/** undefined: none that we judge. */
function judgedKind(group: string, version: string, kind: string): Kind | undefined {
  switch (group) {
    case "":
      return version === "v1" && kind === "Service" ? kind : undefined;
    case "networking.k8s.io":
      return version === "v1" && kind === "Ingress" ? kind : undefined;
    case "elbv2.k8s.aws":
      return version === "v1beta1" && kind === "TargetGroupBinding" ? kind : undefined;
    case "eks.amazonaws.com":
      return version === "v1" && kind === "TargetGroupBinding" ? kind : undefined;
    default:
      return undefined;
  }
}

/** A reader's complaint, with the object it is about and the type that stands there. */
function read<V>(reader: (raw: unknown) => V, raw: unknown, name: "object" | "oldObject"): V {
  try {
    return reader(raw);
  } catch (cause) {
    if (!(cause instanceof UnreadableObject)) throw cause;
    const { field, message } = cause;
    const expected = message.slice(`${field}: must be `.length).replace(", and it is missing", "");
    throw unreadable(field === "object" ? name : `${name}.${field}`, expected, valueAt(raw, field));
  }
}

/** By a path as UnreadableObject has it: metadata.annotations[KEY], spec.ports[0].port, or object for all of it. */
function valueAt(raw: unknown, field: string): unknown {
  if (field === "object") return raw;
  const key = /^metadata\.annotations\[(.*)\]$/s.exec(field)?.[1];
  const path = key === undefined ? field.split(/[.[\]]+/).filter(Boolean) : ["metadata", "annotations", key];
  let value = raw;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
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
    audit: {
      ...audit(decision, "injected", targetsOf(decision.injections)),
      ...audit(decision, "would-inject", targetsOf(wouldInject(decision))),
    },
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
      ...audit(decision, "denied", rulesOf(denials(decision))),
      ...audit(decision, "would-deny", rulesOf(wouldRefuse(decision))),
      ...audit(decision, "found", rulesOf(decision.findings)),
    },
    status: message === undefined ? undefined : refusal(message),
  });
}

/** The answer for what we do not judge. */
export function untouchedAnswer(review: Review): AdmissionAnswer {
  return answer(review, { allowed: true, warnings: [], audit: {} });
}

function targetsOf(values: readonly Pick<Injection, "target">[]): readonly string[] {
  return values.map(({ target }) => target);
}

function rulesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ rule }) => rule))];
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

/** What stands in the place of what must stand there. */
function butIs(value: unknown): string {
  if (typeof value === "string") return `, not ${quote(value)}`;
  return value === undefined ? ", and it is missing" : `, not ${jsonType(value)}`;
}

function unreadable(field: string, expected: string, found: unknown): UnreadableObject {
  const but = found === undefined ? ", and it is missing" : `, not ${jsonType(found)}`;
  return new UnreadableObject(short(field), `${expected}${but}`);
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (value === "") return "an empty string";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Whatever a stranger sends, an answer and a log line stay short. */
function short(field: string): string {
  return field.length > 400 ? `${field.slice(0, 400)}…` : field;
}

function oneLine(message: string): string {
  return message.toWellFormed().replace(/\p{Cc}+/gu, " ");
}

/** "" where it is absent: the API server leaves out what is empty. */
function text(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  throw unreadable(field, "a string", value);
}

/** Of a field that the API server always writes. */
function requiredText(value: unknown, field: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw unreadable(field, "a string that is not empty", value);
}

function flag(value: unknown, field: string): boolean {
  if (typeof value === "boolean") return value;
  if (value === undefined || value === null) return false;
  throw unreadable(field, "a boolean", value);
}

function record(value: unknown, field: string): Fields | undefined {
  if (value === undefined || value === null) return undefined;
  if (isRecord(value)) return value;
  throw unreadable(field, "an object", value);
}
