import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { decide, denials } from "../decision/decide.ts";
import type { Decision } from "../decision/decide.ts";
import type { ClusterProfile, Install } from "../decision/facts.ts";
import type { Phase } from "../decision/subject.ts";
import { mutateAnswer, readReview, untouchedAnswer, validateAnswer } from "../kubernetes/admission-review.ts";
import type { AdmissionAnswer, Review } from "../kubernetes/admission-review.ts";
import type { LabelsAnswer } from "../kubernetes/namespaces.ts";
import type { Labels, PolicySet } from "../policy/resolve.ts";
import { sendStatus } from "./status.ts";

/** A Promise only where the API server has to be asked. */
export type LookUpLabels = (name: string, deadlineMs: number) => LabelsAnswer | Promise<LabelsAnswer>;

/** One answered request, for the log and the metrics. */
export interface Answered {
  readonly webhook: "mutate" | "validate";
  readonly review: Review;
  readonly decision: Decision | undefined;
  readonly outcome: "allowed" | "denied" | "patched";
  readonly seconds: number;
}

export interface AdmissionDependencies {
  readonly policies: () => PolicySet;
  readonly namespaceLabels: LookUpLabels;
  readonly profile: ClusterProfile;
  readonly install: Install;
  readonly answered: (answered: Answered) => void;
  /** A request that was refused before it was judged, or that could not be judged. */
  readonly failed: (reason: "bad-request" | "unavailable" | "bug") => void;
}

/** The API server asks again when it sees this, within its own timeout; a bare 503 fails the user's request at once (facts of client-go rest/with_retry.go). */
const retryAfterSeconds = 1;
/** The longest live read of a namespace; a deadline of the request that is nearer wins. */
const longestLookUpMs = 1000;

/** Adds POST /mutate and POST /validate. No schema is attached to them: Fastify's default validator would change the body. */
export function addAdmissionRoutes(app: FastifyInstance, dependencies: AdmissionDependencies): void {
  app.post("/mutate", (request, reply) => answer("mutate", "mutating", request, reply, dependencies));
  app.post("/validate", (request, reply) => answer("validate", "validating", request, reply, dependencies));
}

function answer(
  webhook: Answered["webhook"],
  phase: Phase,
  request: FastifyRequest,
  reply: FastifyReply,
  dependencies: AdmissionDependencies,
): FastifyReply | Promise<FastifyReply> {
  const started = performance.now();
  const review = readReview(request.body, phase);
  const finish = (labels: LabelsAnswer): FastifyReply => {
    if (labels === "unavailable") {
      dependencies.failed("unavailable");
      void reply.header("retry-after", retryAfterSeconds);
      return sendStatus(reply, 503, `the labels of namespace ${review.namespace} are not known yet: try again`);
    }
    const { body, decision, outcome } = judge(webhook, review, labels === "not-found" ? {} : labels, dependencies);
    void reply.header("content-type", "application/json");
    void reply.send(JSON.stringify(body));
    dependencies.answered({ webhook, review, decision, outcome, seconds: (performance.now() - started) / 1000 });
    return reply;
  };
  if (review.subject === undefined) return finish({});
  const labels = dependencies.namespaceLabels(review.namespace, lookUpDeadline(request));
  return labels instanceof Promise ? labels.then(finish) : finish(labels);
}

interface Judged {
  readonly body: AdmissionAnswer;
  readonly decision: Decision | undefined;
  readonly outcome: Answered["outcome"];
}

function judge(
  webhook: Answered["webhook"],
  review: Review,
  namespaceLabels: Labels,
  { policies, profile, install }: AdmissionDependencies,
): Judged {
  if (review.subject === undefined) return { body: untouchedAnswer(review), decision: undefined, outcome: "allowed" };
  const decision = decide(review.subject, policies(), { namespaceLabels, profile, install });
  if (webhook === "mutate") {
    const body = mutateAnswer(review, decision);
    return { body, decision, outcome: body.response["patch"] === undefined ? "allowed" : "patched" };
  }
  const outcome = denials(decision).length > 0 ? "denied" : "allowed";
  return { body: validateAnswer(review, decision), decision, outcome };
}

/** The API server sends what is left of its own time, rounded up to a second: `?timeout=5s`. Half of it is for the look-up. */
function lookUpDeadline(request: FastifyRequest): number {
  const seconds = /[?&]timeout=(\d{1,3})s\b/.exec(request.url)?.[1];
  return seconds === undefined ? longestLookUpMs : Math.min(longestLookUpMs, Number(seconds) * 500);
}
