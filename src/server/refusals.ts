import type { FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Socket } from "node:net";
import { BadReview } from "../kubernetes/admission-review.ts";
import { retryAfterSeconds } from "./admission.ts";
import type { Webhook } from "./admission.ts";
import { bodyLimit } from "./body-budget.ts";
import { connectionFault, endConnection } from "./connection-fault.ts";
import { Overloaded } from "./overload.ts";
import type { ShedReason } from "./overload.ts";
import { shedLog } from "./shed-log.ts";
import { sendStatus } from "./status.ts";

export interface RefusalDependencies {
  /** What was no admission review, or not even a request. */
  readonly refused: (reason: "bad-request" | "tls") => void;
  /** A call of a webhook that ended before it was judged. */
  readonly failed: (webhook: Webhook, outcome: "unavailable" | "error") => void;
  /** A call that was refused for now, or a connection that was dropped. */
  readonly shed: (reason: ShedReason) => void;
  readonly log: Pick<FastifyBaseLogger, "error" | "warn">;
}

/** Everything that is answered with something else than an AdmissionReview: a Status, a line in the log, and a count. */
export interface Refusals {
  readonly badRequest: (request: FastifyRequest, reply: FastifyReply, code: number, problem: string) => FastifyReply;
  readonly wrongAddress: (request: FastifyRequest, reply: FastifyReply) => FastifyReply;
  readonly failure: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;
  readonly shed: (reason: ShedReason) => void;
  readonly brokenConnection: (error: { readonly code?: string }, socket: Socket) => void;
}

export function refusals({ refused, failed, shed: counted, log }: RefusalDependencies): Refusals {
  /** Their fault has been counted; what was under way on them fails as a consequence. */
  const faulty = new WeakSet<Socket>();
  const logShed = shedLog(log);

  function shed(reason: ShedReason): void {
    counted(reason);
    logShed(reason);
  }

  function badRequest(request: FastifyRequest, reply: FastifyReply, code: number, problem: string, uid?: string) {
    refused("bad-request");
    log.warn({ uid, problem, code, remote: request.socket.remoteAddress }, "bad request");
    return sendStatus(reply, code, problem, uid);
  }

  return {
    badRequest,
    shed,
    wrongAddress(request, reply) {
      const isWebhook = /^\/(?:mutate|validate)(?:\?|$)/.test(request.url);
      if (isWebhook) void reply.header("allow", "POST");
      return badRequest(
        request,
        reply,
        isWebhook ? 405 : 404,
        `${shown(request)}: there are POST /mutate and POST /validate`,
      );
    },
    failure(error, request, reply) {
      if (error instanceof BadReview) return badRequest(request, reply, 400, error.message, error.uid);
      const webhook = request.url.startsWith("/mutate") ? "mutate" : "validate";
      if (error instanceof Overloaded) {
        failed(webhook, "unavailable");
        shed(error.reason);
        // Fastify would end the connection of a body that it has not read.
        void reply.removeHeader("connection").header("retry-after", retryAfterSeconds);
        return sendStatus(reply, 503, error.message);
      }
      const { code, statusCode = 500, message } = error;
      if (statusCode < 500) {
        if (faulty.has(request.socket)) return sendStatus(reply, statusCode, message);
        return badRequest(request, reply, statusCode, wordings[code] ?? message);
      }
      failed(webhook, "error");
      const uid = uidOf(request.body);
      log.error({ uid, err: error }, "a request failed");
      return sendStatus(reply, 500, "internal error: see the log of dualstack-webhook", uid);
    },
    brokenConnection(error, socket) {
      // What else comes on it is as little understood, and its answer is on the way.
      if (faulty.has(socket)) return;
      const fault = connectionFault(error);
      if (fault === undefined) {
        socket.destroy();
        return;
      }
      faulty.add(socket);
      refused(fault.reason);
      log.warn({ problem: fault.problem, code: fault.status, remote: socket.remoteAddress }, "bad connection");
      endConnection(socket, fault);
    },
  };
}

/** What Fastify and Node refuse, in words for who called. */
const wordings: Readonly<Record<string, string>> = {
  ECONNRESET: "the connection ended before the whole request had come",
  FST_ERR_BAD_URL: "the path is not a valid URL",
  FST_ERR_CTP_BODY_TOO_LARGE: `the body is larger than ${bodyLimit / 1024 / 1024} MiB`,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'the content-type must be "application/json"',
};

/** Whatever a stranger asks for, an answer and a log line stay short. */
function shown({ method, url }: FastifyRequest): string {
  return `${method} ${url.length > 100 ? `${url.slice(0, 100)}…` : url}`;
}

/** For the log: the uid of a request that went wrong after it was parsed. */
function uidOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("request" in body)) return undefined;
  const { request } = body;
  if (typeof request !== "object" || request === null || !("uid" in request)) return undefined;
  return typeof request.uid === "string" ? request.uid : undefined;
}
