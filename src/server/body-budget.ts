import type { ServerResponse } from "node:http";
import { Transform } from "node:stream";
import type { Readable } from "node:stream";

/** An AdmissionReview carries the object twice, each at most 3 MiB (apiserver pkg/server/config.go:474), plus what is around them. */
export const bodyLimit = 8 * 1024 * 1024;
/**
 * Of large bodies that are held at a time: two of the largest size. One thread parses them all, so that more at once are
 * not read sooner, they only take memory: a body itself, its text, and up to six times as much once it is parsed.
 */
const mostBytes = 2 * bodyLimit;
/** Smaller bodies always pass and are not counted: hundreds of them at once take no more than a few large ones. */
const freeBytes = 64 * 1024;

/** There is no room for one more large body now: HTTP 503, and the caller asks again. */
export class NoRoom extends Error {
  constructor() {
    super("too many large requests at once: try again");
    this.name = "NoRoom";
  }
}

/** Counts the bytes of large request bodies, from before they are read until their requests are answered. */
export interface BodyBudget {
  /** Makes room for a body of known length. False: there is none. */
  readonly reserve: (bytes: number, response: ServerResponse) => boolean;
  /** For a body of unknown length, which counts as the largest once it is no small one: it fails with NoRoom then. */
  readonly meter: (body: Readable, response: ServerResponse) => Readable;
}

/** Throws a body away as it comes. Only then can the caller be answered: many read nothing before they have sent all. */
export function discard(body: Readable, then: (error: Error) => void): void {
  body.once("error", then);
  body.once("end", () => {
    then(new NoRoom());
  });
  body.resume();
}

export function bodyBudget(): BodyBudget {
  let heldBytes = 0;

  function reserve(bytes: number, response: ServerResponse): boolean {
    if (bytes <= freeBytes) return true;
    if (heldBytes + bytes > mostBytes) return false;
    heldBytes += bytes;
    response.once("close", () => {
      heldBytes -= bytes;
    });
    return true;
  }

  return {
    reserve,
    meter(body, response) {
      let seenBytes = 0;
      let isLarge = false;
      const metered = new Transform({
        transform(chunk: Buffer, _encoding, next) {
          seenBytes += chunk.length;
          if (isLarge || seenBytes <= freeBytes || reserve(bodyLimit, response)) {
            isLarge = seenBytes > freeBytes;
            next(null, chunk);
            return;
          }
          discard(body.unpipe(metered), next);
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
