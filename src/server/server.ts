import Fastify from "fastify";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ServerOptions } from "node:https";
import { BadReview } from "../kubernetes/admission-review.ts";
import { addAdmissionRoutes } from "./admission.ts";
import type { AdmissionDependencies } from "./admission.ts";
import { bodyBudget, bodyLimit, discard } from "./body-budget.ts";
import { refusals } from "./refusals.ts";
import type { RefusalDependencies } from "./refusals.ts";

/** The API server keeps idle connections for 90 s; whoever closes first must not be us, or the next call fails with EOF. */
const keepAliveTimeout = 120_000;
/** The API server gives up on a call after at most 30 s. */
const requestTimeout = 30_000;
/** How often Node looks for requests that are over time. */
const connectionsCheckingInterval = 5000;

export interface ServerDependencies extends AdmissionDependencies, RefusalDependencies {
  /** While true, each answer asks its connection to close, so that callers go to another replica. */
  readonly draining: () => boolean;
  /** Called once each for every request, however it ends. */
  readonly arrived: () => void;
  readonly left: () => void;
  /** TLS; without it the server speaks plain HTTP, for tests that need no port. */
  readonly tls?: ServerOptions;
}

/** Builds the admission server; the caller listens and closes. Whatever is no AdmissionReview is answered with a Status. */
export function buildServer(dependencies: ServerDependencies): FastifyInstance {
  const { arrived, left, draining, tls } = dependencies;
  const { badRequest, wrongAddress, failure, brokenConnection } = refusals(dependencies);
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
      if (draining()) void reply.header("connection", "close");
      failure(error, request, reply);
    },
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = requestTimeout;
  app.server.on("request", (_request, response) => {
    arrived();
    response.once("close", left);
  });

  const budget = bodyBudget();
  app.addHook("preParsing", (request, reply, body, done) => {
    const { headers } = request;
    if (request.is404) {
      wrongAddress(request, reply);
    } else if (headers.host === undefined && request.raw.httpVersion === "1.1") {
      badRequest(request, reply, 400, "the request has no Host header");
    } else if (headers["transfer-encoding"] !== undefined) {
      done(null, budget.meter(body, reply.raw));
    } else {
      const bytes = Number(headers["content-length"] ?? 0);
      // What is too large for us at any time is refused by its length, without being read.
      if (bytes > bodyLimit || budget.reserve(bytes, reply.raw)) done(null, body);
      else discard(body, done);
    }
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)) as unknown);
    } catch (cause) {
      done(new BadReview("the body is not JSON", undefined, { cause }));
    }
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (draining()) void reply.header("connection", "close");
    done();
  });
  app.setNotFoundHandler(wrongAddress);
  app.setErrorHandler(failure);
  addAdmissionRoutes(app, dependencies);
  return app;
}
