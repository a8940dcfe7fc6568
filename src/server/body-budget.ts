import type { ServerResponse } from "node:http";
import { Transform } from "node:stream";
import type { Readable } from "node:stream";
import { Overloaded } from "./overload.ts";
import type { ShedReason } from "./overload.ts";

/** An AdmissionReview carries the object twice, each at most 3 MiB (apiserver pkg/server/config.go:474), plus what is around them. */
export const bodyLimit = 8 * 1024 * 1024;
/**
 * Of large bodies that are held at a time: two of the largest size. One thread parses them all, so that more at once are
 * not read sooner, they only take memory: a body itself, its text, and up to six times as much once it is parsed.
 */
const mostBytes = 2 * bodyLimit;
/** Reviews of Services take 3 KB, of large Ingresses 20. */
const smallBytes = 64 * 1024;
/** Of smaller bodies, which no large one can crowd out: 256 of the largest of them, thousands of the usual size. */
const mostSmallBytes = 256 * smallBytes;

/** Counts the bytes of request bodies, from before they are read until their requests are answered. */
export interface BodyBudget {
  /** Makes room for a body of known length, which `giveBack` ends with the same number. False: there is none. */
  readonly take: (bytes: number) => boolean;
  readonly giveBack: (bytes: number) => void;
  /**
   * For a body of unknown length, for which room is made as for the largest small one: it counts as the largest of all once
   * it is larger, and fails with Overloaded where there is no room for that. undefined: there is none to begin with.
   */
  readonly meter: (body: Readable, response: ServerResponse) => Readable | undefined;
}

/** Throws a body away as it comes. Only then can the caller be answered: many read nothing before they have sent all. */
export function discard(body: Readable, reason: ShedReason, then: (error: Error) => void): void {
  body.once("error", then);
  body.once("end", () => {
    then(new Overloaded(reason));
  });
  body.resume();
}

export function bodyBudget(): BodyBudget {
  const small = { held: 0, most: mostSmallBytes };
  const large = { held: 0, most: mostBytes };

  const potOf = (bytes: number): typeof small => (bytes <= smallBytes ? small : large);
  function take(bytes: number): boolean {
    const pot = potOf(bytes);
    if (pot.held + bytes > pot.most) return false;
    pot.held += bytes;
    return true;
  }
  function giveBack(bytes: number): void {
    potOf(bytes).held -= bytes;
  }
  function reserve(bytes: number, response: ServerResponse): boolean {
    const has = take(bytes);
    if (has) {
      response.once("close", () => {
        giveBack(bytes);
      });
    }
    return has;
  }

  return {
    take,
    giveBack,
    meter(body, response) {
      if (!reserve(smallBytes, response)) return undefined;
      let seenBytes = 0;
      let isLarge = false;
      const metered = new Transform({
        transform(chunk: Buffer, _encoding, next) {
          seenBytes += chunk.length;
          if (isLarge || seenBytes <= smallBytes || reserve(bodyLimit, response)) {
            isLarge = seenBytes > smallBytes;
            next(null, chunk);
            return;
          }
          discard(body.unpipe(metered), "body-bytes", next);
        },
      });
      // pipe() does not pass on that the connection broke, and then nobody may listen any more.
      metered.on("error", () => undefined);
      body.once("error", (error) => metered.destroy(error));
      // What nobody reads after the answer is thrown away: in front of the connection's next request it would stand for ever.
      response.once("close", () => {
        if (!response.writableFinished) return;
        body.unpipe(metered).resume();
        metered.destroy();
      });
      return body.pipe(metered);
    },
  };
}
