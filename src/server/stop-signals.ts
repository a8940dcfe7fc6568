/** SIGTERM and SIGINT, which ask the program to end. */
export interface StopSignals {
  /** The first one, if it has come. */
  readonly received: () => NodeJS.Signals | undefined;
  readonly first: Promise<NodeJS.Signals>;
  /** Whoever sends another one does not want to wait. */
  readonly second: Promise<NodeJS.Signals>;
}

/** From now on a signal ends nothing by itself; only a third one does. */
export function catchStopSignals(): StopSignals {
  const first = Promise.withResolvers<NodeJS.Signals>();
  const second = Promise.withResolvers<NodeJS.Signals>();
  let received: NodeJS.Signals | undefined;
  const take = (signal: NodeJS.Signals): void => {
    if (received === undefined) {
      received = signal;
      first.resolve(signal);
      return;
    }
    process.off("SIGTERM", take);
    process.off("SIGINT", take);
    second.resolve(signal);
  };
  process.on("SIGTERM", take);
  process.on("SIGINT", take);
  return { received: () => received, first: first.promise, second: second.promise };
}
