import type { Server } from "node:http";
import type { FastifyInstance } from "fastify";
import type { BaseLogger } from "pino";
import type { StopSignals } from "./stop-signals.ts";

export interface DrainOptions {
  readonly app: FastifyInstance;
  readonly health: Server;
  readonly state: { draining: boolean };
  /** How long to go on serving: until every API server has seen that this endpoint is gone. Asked when the signal has come. */
  readonly delayMs: () => number;
  readonly stop: StopSignals;
  readonly log: Pick<BaseLogger, "info" | "warn">;
}

/** Requests under way when the listener closes get this long: the manifests' timeoutSeconds is 5 at most. */
const inFlightMs = 5000;

/**
 * Resolves once a signal has come and every connection is closed. The first SIGTERM or SIGINT drains: not ready, each
 * answer closes its connection, wait, close. A second one ends the process at once.
 */
export async function drain({ app, health, state, delayMs, stop, log }: DrainOptions): Promise<void> {
  const signal = await stop.first;
  state.draining = true;
  const delay = delayMs();
  log.info({ signal, delayMs: delay }, "draining");
  const hurry = stop.second.then(() => "hurry" as const);
  await Promise.race([wait(delay), hurry]);
  const closed = app.close();
  app.server.closeIdleConnections();
  const outcome = await Promise.race([closed, hurry, wait(inFlightMs)]);
  if (outcome === "hurry") log.warn({}, "a second signal: not waiting for requests under way");
  app.server.closeAllConnections();
  health.close();
  health.closeAllConnections();
  await closed;
  log.info({}, "stopped");
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
