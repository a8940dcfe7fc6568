import type { Socket } from "node:net";

export interface ConnectionAgeOptions {
  /** 0: connections may stay for ever. */
  readonly limitMs: number;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
}

/** Connections of one caller began together: over this part of the limit they end one after the other. */
const jitterShare = 0.2;

/**
 * Whether an answer is to be the last on its connection. An API server keeps asking over the connections that it has: a
 * replica that came later would be asked nothing (kubernetes/kubernetes#127335). `now` is in milliseconds of any clock.
 */
export function connectionAge({ limitMs, random }: ConnectionAgeOptions): (socket: Socket, now: number) => boolean {
  if (limitMs === 0) return () => false;
  const ends = new WeakMap<Socket, number>();
  return (socket, now) => {
    const end = ends.get(socket);
    if (end !== undefined) return now >= end;
    ends.set(socket, now + limitMs * (1 - jitterShare * random()));
    return false;
  };
}
