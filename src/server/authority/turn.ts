import type { Clock } from "../../kubernetes/clock.ts";

/** Whether it is this replica that writes. */
export interface Turn {
  readonly isOurs: boolean;
  /** Told in each round: whether this replica has no certificate with which it can be called. */
  see(isCutOff: boolean): void;
}

interface TurnOptions {
  readonly lease: { readonly held: boolean };
  readonly clock: Pick<Clock, "elapsed">;
  readonly log: { warn(fields: object, message: string): void };
}

/** Longer than it takes until the Lease of a replica that has died is held by another one. */
const patienceMs = 20_000;

/**
 * The turn of the one that holds the Lease. That may be a replica which knows nothing of self-managed certificates, as in the
 * roll-out that switches to them, and which stays until a new one is ready. So nobody waits for ever: whoever is cut off
 * writes without the Lease. Each write is safe with that, by the resourceVersion that was read.
 */
export function writersTurn({ lease, clock, log }: TurnOptions): Turn {
  let cutOffSinceMs: number | undefined;
  let isSaid = false;
  const isPatienceOver = (): boolean => cutOffSinceMs !== undefined && clock.elapsed() - cutOffSinceMs >= patienceMs;
  return {
    get isOurs() {
      return lease.held || isPatienceOver();
    },
    see(isCutOff) {
      cutOffSinceMs = isCutOff ? (cutOffSinceMs ?? clock.elapsed()) : undefined;
      const isWithout = !lease.held && isPatienceOver();
      if (isWithout && !isSaid) log.warn({}, "no trusted certificate, and whoever holds the Lease makes none: we do");
      isSaid = isWithout;
    },
  };
}
