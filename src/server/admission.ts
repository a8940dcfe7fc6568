import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Socket } from "node:net";
import { decide, denials } from "../decision/decide.ts";
import type { Decision } from "../decision/decide.ts";
import type { Cluster } from "../decision/cluster/cluster.ts";
import type { ClusterProfile, Install } from "../decision/facts.ts";
import type { Phase, ReviewedSubject } from "../decision/subject.ts";
import { mutateAnswer, readReview, untouchedAnswer, validateAnswer } from "../kubernetes/admission-review.ts";
import type { AdmissionAnswer } from "../kubernetes/admission-answer.ts";
import type { Review } from "../kubernetes/admission-review.ts";
import { answerText } from "../kubernetes/answer-text.ts";
import type { LabelsAnswer } from "../kubernetes/namespaces.ts";
import { judgePolicy, policyAnswer } from "../kubernetes/policy-review.ts";
import type { ReviewedPolicy } from "../kubernetes/policy-review.ts";
import type { Labels, PolicySet } from "../policy/resolve.ts";
import { buildBatch } from "./batch.ts";
import { Overloaded } from "./overload.ts";
import type { InFlight } from "./overload.ts";
import { lookUpTime } from "./request-deadline.ts";
import type { Traces } from "./open-telemetry.ts";
import { sendStatus } from "./status.ts";

/** A Promise only where the API server has to be asked. */
export type LookUpLabels = (name: string, deadlineMs: number) => LabelsAnswer | Promise<LabelsAnswer>;

export type Webhook = "mutate" | "validate";

/** One answered request, for the log and the metrics. */
export interface Answered {
  readonly webhook: Webhook;
  readonly review: Review;
  readonly decision: Decision | undefined;
  /** unavailable: the namespace's labels are not known, and the caller has been asked to try again. */
  readonly outcome: "allowed" | "denied" | "patched" | "unavailable";
  readonly seconds: number;
  /** The fields of a LoadBalancerPolicy for which it was refused. */
  readonly refusedFields?: readonly string[] | undefined;
}

export interface AdmissionDependencies {
  /** undefined: they have not been read yet. */
  readonly policies: () => PolicySet | undefined;
  readonly namespaceLabels: LookUpLabels;
  readonly profile: ClusterProfile;
  readonly install: Install;
  /** The cluster's other objects. undefined: none are kept. "unsynced": they have not all been listed yet. */
  readonly cluster: () => Cluster | "unsynced" | undefined;
  /** Makes a class known that was created a moment ago. undefined: nothing to wait for. */
  readonly lookUpClass: (name: string, deadlineMs: number) => Promise<void> | undefined;
  readonly answered: (answered: Answered) => void;
  readonly requests: InFlight;
  /** undefined: no traces are wanted. */
  readonly traces?: Pick<Traces, "arrived" | "answered"> | undefined;
  readonly log: Pick<FastifyBaseLogger, "error" | "warn">;
}

/** The API server asks again when it sees this, within its own timeout; a bare 503 fails the user's request at once (facts of client-go rest/with_retry.go). */
export const retryAfterSeconds = 1;

/** Whether an answer asks its connection to close; `now` by performance.now(). */
export type IsLast = (socket: Socket, now: number) => boolean;

/** Adds POST /mutate and POST /validate. No schema is attached to them: Fastify's default validator would change the body. */
export function addAdmissionRoutes(app: FastifyInstance, dependencies: AdmissionDependencies, isLast: IsLast): void {
  const { log, requests } = dependencies;
  const batch = buildBatch({
    isAlone: () => requests.count() === 1,
    onBug(error) {
      log.error({ err: error }, "a decision was answered and could not be reported");
    },
  });
  const route = (webhook: Webhook, phase: Phase) => (request: FastifyRequest, reply: FastifyReply) => {
    const started = performance.now();
    const guarded = (job: () => void): void => {
      batch.answer(() => {
        try {
          job();
        } catch (error) {
          // To the one error handler, as if the route itself had thrown it.
          void reply.send(error);
        }
      });
    };
    guarded(() => {
      const review = readReview(request.body, phase);
      const finish = (labels: LabelsAnswer): void => {
        const now = performance.now();
        if (now > request.deadline || reply.raw.destroyed) throw new Overloaded("late");
        const isLastAnswer = isLast(request.socket, now);
        const { decision, outcome, refusedFields } = answer(
          reply,
          { webhook, review, labels, isLastAnswer },
          dependencies,
        );
        const told = { webhook, review, decision, outcome, refusedFields };
        // Its span ends with the answer.
        dependencies.traces?.answered(request.raw, told);
        batch.report(() => {
          dependencies.answered({ ...told, seconds: (performance.now() - started) / 1000 });
        });
      };
      const labels = lookUp(review, request, dependencies);
      if (!(labels instanceof Promise)) {
        finish(labels);
        return;
      }
      labels.then(
        (found) => {
          guarded(() => {
            finish(found);
          });
        },
        (error: unknown) => reply.send(error),
      );
    });
  };
  app.post("/mutate", route("mutate", "mutating"));
  app.post("/validate", route("validate", "validating"));
}

/** What the decision needs and may have to be asked for, of the namespace and of the class at the same time. */
function lookUp(
  { subject, namespace }: Review,
  request: FastifyRequest,
  { namespaceLabels, lookUpClass, cluster }: AdmissionDependencies,
): LabelsAnswer | Promise<LabelsAnswer> {
  if (subject === undefined) return {};
  const deadlineMs = lookUpTime(request.deadline, performance.now());
  const labels = namespaceLabels(namespace, deadlineMs);
  const className = subject.kind === "Ingress" ? subject.object.ingressClassName : undefined;
  if (className === undefined || cluster() === "unsynced") return labels;
  const known = lookUpClass(className, deadlineMs);
  return known === undefined ? labels : known.then(() => labels);
}

/** What there is to report of an answer. */
type Told = Pick<Answered, "decision" | "outcome" | "refusedFields">;

interface Asked {
  readonly webhook: Webhook;
  readonly review: Review;
  readonly labels: LabelsAnswer;
  readonly isLastAnswer: boolean;
}

function answer(
  reply: FastifyReply,
  { webhook, review, labels, isLastAnswer }: Asked,
  dependencies: AdmissionDependencies,
): Told {
  const finish = ({ body, ...told }: Judged): Told => {
    sendAnswer(reply, answerText(body), isLastAnswer);
    return told;
  };
  const { subject, namespace } = review;
  if (review.policy !== undefined) return finish(judgeOwn(review, review.policy));
  if (subject === undefined) {
    return finish({ body: untouchedAnswer(review), decision: undefined, outcome: "allowed" });
  }
  if (labels === "unavailable") return unavailable(reply, `the labels of namespace ${namespace} are not known yet`);
  if (needsCluster(subject) && dependencies.cluster() === "unsynced") {
    return unavailable(reply, "the cluster's Ingresses and what belongs to them have not all been read yet");
  }
  const policies = dependencies.policies();
  if (policies === undefined) return unavailable(reply, "the policies have not been read yet");
  const namespaceLabels = labels === "not-found" ? {} : labels;
  return finish(judge(webhook, review, { subject, namespaceLabels, policies }, dependencies));
}

/** By Node's own means: the framework's way, with its hooks and headers, takes as long as the decision. */
function sendAnswer(reply: FastifyReply, text: string, last: boolean): void {
  reply.hijack();
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  reply.raw.writeHead(200, last ? { ...headers, connection: "close" } : headers).end(text);
}

function unavailable(reply: FastifyReply, problem: string): Told {
  void reply.header("retry-after", retryAfterSeconds);
  void sendStatus(reply, 503, `${problem}: try again`);
  return { decision: undefined, outcome: "unavailable" };
}

/** A Service that asks for a load balancer stands for itself. */
function needsCluster({ kind, object }: ReviewedSubject): boolean {
  return kind !== "Service" || object.type !== "LoadBalancer";
}

/** All that a decision needs, known by now. */
interface Known {
  readonly subject: ReviewedSubject;
  readonly namespaceLabels: Labels;
  readonly policies: PolicySet;
}

interface Judged extends Told {
  readonly body: AdmissionAnswer;
}

function judge(
  webhook: Webhook,
  review: Review,
  { subject, namespaceLabels, policies }: Known,
  { profile, install, cluster }: AdmissionDependencies,
): Judged {
  const objects = cluster();
  const facts = { namespaceLabels, profile, install, cluster: objects === "unsynced" ? undefined : objects };
  const decision = decide(subject, policies, facts);
  if (webhook === "mutate") {
    const body = mutateAnswer(review, decision);
    return { body, decision, outcome: body.response["patch"] === undefined ? "allowed" : "patched" };
  }
  const outcome = denials(decision).length > 0 ? "denied" : "allowed";
  return { body: validateAnswer(review, decision), decision, outcome };
}

function judgeOwn(review: Review, policy: ReviewedPolicy): Judged {
  const verdict = judgePolicy(policy);
  const refusedFields = verdict.problems.map(({ field }) => field);
  const outcome = refusedFields.length > 0 ? "denied" : "allowed";
  return { body: policyAnswer(review, verdict), decision: undefined, outcome, refusedFields };
}
