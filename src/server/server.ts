import Fastify from "fastify";
import type { FastifyBaseLogger, FastifyError, FastifyInstance } from "fastify";
import type { ServerOptions } from "node:https";
import { BadReview } from "../kubernetes/admission-review.ts";
import { addAdmissionRoutes } from "./admission.ts";
import type { AdmissionDependencies } from "./admission.ts";
import { sendStatus } from "./status.ts";

/** An AdmissionReview carries the object twice, each at most 3 MiB (apiserver pkg/server/config.go:474), plus what is around them. */
const bodyLimit = 8 * 1024 * 1024;
/** The API server keeps idle connections for 90 s; whoever closes first must not be us, or the next call fails with EOF. */
const keepAliveTimeout = 120_000;
/** The API server gives up on a call after at most 30 s. */
const requestTimeout = 30_000;
/** How often Node looks for requests that are over time. */
const connectionsCheckingInterval = 5000;

export interface ServerDependencies extends AdmissionDependencies {
  /** While true, each answer asks its connection to close, so that callers go to another replica. */
  readonly draining: () => boolean;
  /** Called once each for every request, however it ends. */
  readonly arrived: () => void;
  readonly left: () => void;
  readonly log: Pick<FastifyBaseLogger, "error" | "warn">;
  /** TLS; without it the server speaks plain HTTP, for tests that need no port. */
  readonly tls?: ServerOptions;
}

/** Builds the admission server; the caller listens and closes. */
export function buildServer(dependencies: ServerDependencies): FastifyInstance {
  const { arrived, left, draining, log, failed, tls } = dependencies;
  const app = Fastify({
    ...(tls === undefined ? {} : { https: { ...tls, connectionsCheckingInterval } }),
    logger: false,
    bodyLimit,
    keepAliveTimeout,
    requestTimeout,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = requestTimeout;
  app.server.on("request", (_request, response) => {
    arrived();
    response.once("close", left);
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
  app.setNotFoundHandler((request, reply) => {
    failed("bad-request");
    const problem = `${request.method} ${request.url.slice(0, 100)}: there are POST /mutate and POST /validate`;
    log.warn({ problem, code: 404 }, "bad request");
    return sendStatus(reply, 404, problem);
  });
  app.setErrorHandler((error: FastifyError | BadReview, request, reply) => {
    if (error instanceof BadReview) {
      failed("bad-request");
      log.warn({ uid: error.uid, problem: error.message }, "bad review");
      return sendStatus(reply, 400, error.message, error.uid);
    }
    const code = error.statusCode ?? 500;
    if (code < 500) {
      failed("bad-request");
      log.warn({ problem: error.message, code }, "bad request");
      return sendStatus(reply, code, error.message);
    }
    failed("bug");
    const uid = uidOf(request.body);
    log.error({ uid, err: error }, "a request failed");
    return sendStatus(reply, 500, "internal error: see the log of dualstack-webhook", uid);
  });
  addAdmissionRoutes(app, dependencies);
  return app;
}

/** For the log: the uid of a request that went wrong after it was parsed. */
function uidOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("request" in body)) return undefined;
  const { request } = body;
  if (typeof request !== "object" || request === null || !("uid" in request)) return undefined;
  return typeof request.uid === "string" ? request.uid : undefined;
}
