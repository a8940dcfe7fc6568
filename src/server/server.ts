import Fastify from "fastify";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from "fastify";
import type { ServerOptions } from "node:https";
import { BadReview } from "../kubernetes/admission-review.ts";
import { addAdmissionRoutes } from "./admission.ts";
import type { AdmissionDependencies, IsLast } from "./admission.ts";
import { bodyBudget, bodyLimit, discard } from "./body-budget.ts";
import { connectionAge } from "./connection-age.ts";
import { Overloaded } from "./overload.ts";
import type { ShedReason } from "./overload.ts";
import { refusals } from "./refusals.ts";
import type { RefusalDependencies } from "./refusals.ts";
import { deadlineOf } from "./request-deadline.ts";

/** The API server keeps idle connections for 90 s; whoever closes first must not be us, or the next call fails with EOF. */
const keepAliveTimeout = 120_000;
/** The API server gives up on a call after at most 30 s. */
const requestTimeout = 30_000;
/** How often Node looks for requests that are over time. */
const connectionsCheckingInterval = 5000;

export interface ServerDependencies extends AdmissionDependencies, RefusalDependencies {
  /** While true, each answer asks its connection to close, so that callers go to another replica. */
  readonly draining: () => boolean;
  readonly limits: Limits;
  /** TLS; without it the server speaks plain HTTP, for tests that need no port. */
  readonly tls?: ServerOptions;
}

export interface Limits {
  /** Beyond this many, connections are dropped unheard. They take 60 KB each. */
  readonly connections: number;
  /** How long a connection may be used; 0: for ever. */
  readonly connectionAgeMs: number;
}

declare module "fastify" {
  interface FastifyRequest {
    /** When its caller stops waiting, on the clock of performance.now(). */
    deadline: number;
  }
}

/** Builds the admission server; the caller listens and closes. Whatever is no AdmissionReview is answered with a Status. */
export function buildServer(dependencies: ServerDependencies): FastifyInstance {
  const { requests, draining, limits, tls } = dependencies;
  const { badRequest, wrongAddress, failure, brokenConnection, shed } = refusals(dependencies);
  const isOld = connectionAge({ limitMs: limits.connectionAgeMs, random: Math.random });
  const isLast: IsLast = (socket, now) => draining() || isOld(socket, now);
  // Node's own answer to a request without the header is empty.
  const options = { connectionsCheckingInterval, requireHostHeader: false };
  const app = Fastify({
    ...(tls === undefined ? { http: options } : { https: { ...tls, ...options } }),
    logger: false,
    bodyLimit,
    keepAliveTimeout,
    requestTimeout,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    clientErrorHandler: brokenConnection,
    // Called before there is a route, so that no hook runs.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      endConnectionOf(request, reply);
      failure(error, request, reply);
    },
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = requestTimeout;
  if (dependencies.traces !== undefined) app.server.on("request", dependencies.traces.arrived);

  app.server.maxConnections = limits.connections;
  app.server.on("drop", () => {
    shed("connections");
  });

  const endConnectionOf = (request: FastifyRequest, reply: FastifyReply): void => {
    if (isLast(request.socket, performance.now())) void reply.header("connection", "close");
  };
  const budget = bodyBudget();
  /** The body to be read, or why it is not. With one listener for the end of both: each costs a hundredth of a request's time. */
  const letIn = (
    body: RequestPayload,
    { headers }: FastifyRequest,
    { raw }: FastifyReply,
  ): RequestPayload | ShedReason => {
    const reason = requests.enter();
    if (reason !== undefined) {
      requests.refuse(raw);
      return reason;
    }
    if (headers["transfer-encoding"] !== undefined) {
      raw.once("close", requests.leave);
      return budget.meter(body, raw) ?? "body-bytes";
    }
    const length = Number(headers["content-length"] ?? 0);
    // What is too large for us at any time is refused by its length, without being read.
    const bytes = length > bodyLimit ? 0 : length;
    const hasRoom = budget.take(bytes);
    raw.once("close", () => {
      requests.leave();
      if (hasRoom) budget.giveBack(bytes);
    });
    return hasRoom ? body : "body-bytes";
  };
  app.decorateRequest("deadline", Infinity);
  app.addHook("preParsing", (request, reply, body, done) => {
    const { headers } = request;
    request.deadline = deadlineOf(request.url, performance.now());
    if (request.is404) {
      wrongAddress(request, reply);
    } else if (headers.host === undefined && request.raw.httpVersion === "1.1") {
      badRequest(request, reply, 400, "the request has no Host header");
    } else {
      const admitted = letIn(body, request, reply);
      if (typeof admitted === "string") discard(body, admitted, done);
      else done(null, admitted);
    }
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (performance.now() > request.deadline) {
      done(new Overloaded("late"));
      return;
    }
    try {
      done(null, JSON.parse(String(body)) as unknown);
    } catch (cause) {
      done(new BadReview("the body is not JSON", undefined, { cause }));
    }
  });
  app.addHook("onSend", (request, reply, _payload, done) => {
    endConnectionOf(request, reply);
    done();
  });
  app.setNotFoundHandler(wrongAddress);
  app.setErrorHandler(failure);
  addAdmissionRoutes(app, dependencies, isLast);
  return app;
}
