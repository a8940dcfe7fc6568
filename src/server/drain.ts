import type { Server } from "node:http";
import type { FastifyInstance } from "fastify";
import type { BaseLogger } from "pino";

export interface DrainOptions {
  readonly app: FastifyInstance;
  readonly health: Server;
  readonly state: { draining: boolean };
  /** How long to go on serving: until every API server has seen that this endpoint is gone. */
  readonly delayMs: number;
  readonly log: Pick<BaseLogger, "info" | "warn">;
}

/** Requests under way when the listener closes get this long: the manifests' timeoutSeconds is 5 at most. */
const inFlightMs = 5000;

/**
 * Resolves once a signal has come and every connection is closed. The first SIGTERM or SIGINT drains: not ready, each
 * answer closes its connection, wait, close. A second one ends the process at once.
 */
export async function drain({ app, health, state, delayMs, log }: DrainOptions): Promise<void> {
  const signal = await firstSignal();
  state.draining = true;
  log.info({ signal, delayMs }, "draining");
  const hurry = firstSignal().then(() => "hurry" as const);
  await Promise.race([wait(delayMs), hurry]);
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

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const settle = (signal: NodeJS.Signals): void => {
      process.off("SIGTERM", settle);
      process.off("SIGINT", settle);
      resolve(signal);
    };
    process.on("SIGTERM", settle);
    process.on("SIGINT", settle);
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
