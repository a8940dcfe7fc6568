import { ApiFailure, describeError, kindNotFound, statusFailure } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { asObject, parseObject } from "./list.ts";
import type { Raw } from "./list.ts";
import type { WatchLog } from "./watch.ts";

export interface LiveReadOptions<T> {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly log: WatchLog;
  /** As log lines call it: `a namespace`. */
  readonly what: string;
  /** The collection's path; an object's is one step below. */
  readonly path: string;
  readonly accept?: string;
  /** The kind may not exist: then no object of it does. */
  readonly mayBeAbsent?: boolean;
  readonly read: (raw: Raw) => T;
  /** What a name must look like for an object to exist. Any other must not become part of a path. */
  readonly validName: RegExp;
  /** What the watch knows by now, asked when a read has come back. */
  readonly known: (name: string) => T | undefined;
}

/** Single objects that a watch has not reported yet, read from the API server: bounded in time and number, and once for all who wait. */
export interface LiveReads<T> {
  /** At once from memory where it can be. `deadlineMs` is counted from now. `unavailable`: nobody knows in time. */
  get(name: string, deadlineMs: number): T | "not-found" | Promise<T | "not-found" | "unavailable">;
  /** The watch has reported it, so it knows better than what was read before. */
  overtake(name: string): void;
}

/** The API server gives the whole admission call a few seconds, and others wait behind us. */
const longestMs = 1_000;
/** The watch says within milliseconds what a live read said before it. Only while the watch is broken is this the time to ask again. */
const rememberMs = 5_000;
/** Shorter than a person or a controller needs to create an object after a refusal. */
const rememberMissingMs = 1_000;
/** Answers remembered at a time, and live reads under way. Real bursts are a few dozen; this bounds what a flood of names can take. */
const mostRemembered = 1_000;

interface UnderWay<T> {
  readonly answer: Promise<T | "not-found" | "unavailable">;
  overtaken: boolean;
}

export function liveReads<T extends object>(options: LiveReadOptions<T>): LiveReads<T> {
  const { client, clock, log, what, path, accept, mayBeAbsent, read, validName, known } = options;
  const underWay = new Map<string, UnderWay<T>>();
  const remembered = new Map<string, { readonly answer: T | "not-found"; readonly until: number }>();

  function recall(name: string): T | "not-found" | undefined {
    const entry = remembered.get(name);
    if (entry === undefined) return undefined;
    if (clock.elapsed() < entry.until) return entry.answer;
    remembered.delete(name);
    return undefined;
  }

  function remember(name: string, answer: T | "not-found"): void {
    const oldest = remembered.keys().next();
    if (remembered.size >= mostRemembered && oldest.done !== true) remembered.delete(oldest.value);
    remembered.set(name, {
      answer,
      until: clock.elapsed() + (answer === "not-found" ? rememberMissingMs : rememberMs),
    });
  }

  function readOnce(name: string): Promise<T | "not-found" | "unavailable"> {
    const asked = underWay.get(name);
    if (asked !== undefined) return asked.answer;
    if (underWay.size >= mostRemembered) return Promise.resolve("unavailable");
    const one: UnderWay<T> = { overtaken: false, answer: readLive(name).then((answer) => finish(name, one, answer)) };
    underWay.set(name, one);
    return one.answer;
  }

  function finish(
    name: string,
    one: UnderWay<T>,
    answer: T | "not-found" | "unavailable",
  ): T | "not-found" | "unavailable" {
    underWay.delete(name);
    const reported = known(name);
    if (reported !== undefined) return reported;
    if (one.overtaken) return "not-found";
    if (answer !== "unavailable") remember(name, answer);
    return answer;
  }

  async function readLive(name: string): Promise<T | "not-found" | "unavailable"> {
    const own = `${path}/${name}`;
    const failed = `live read of ${what} failed`;
    try {
      const response = await client.get(own, { accept, timeoutMs: longestMs });
      // Proxies say the same of their own, and of a kind that every cluster has it is never the API server's word.
      if (mayBeAbsent === true && response.status === 404 && response.body.startsWith(kindNotFound)) return "not-found";
      const object = parseObject(response.body, `GET ${own}`);
      if (response.status === 200) return read(named(name, object));
      if (response.status === 404 && object["kind"] === "Status") return "not-found";
      throw statusFailure(response.status, `GET ${own}`, response.body);
    } catch (error) {
      const reason = error instanceof ApiFailure ? error.reason : "bug";
      log.warn({ name, reason, problem: describeError(error) }, failed);
      return "unavailable";
    }
  }

  return {
    get(name, deadlineMs) {
      if (!validName.test(name)) return "not-found";
      return recall(name) ?? inTime(clock, readOnce(name), deadlineMs);
    },
    overtake(name) {
      remembered.delete(name);
      const one = underWay.get(name);
      if (one !== undefined) one.overtaken = true;
    },
  };
}

/** A login page in JSON is no namespace without labels. */
function named(name: string, object: Raw): Raw {
  if (asObject(object["metadata"], "metadata")["name"] === name) return object;
  throw new ApiFailure("unreadable", `metadata.name: not ${name}`);
}

/** The read goes on for the others who wait for it, and its answer is remembered. */
function inTime<T>(clock: Clock, answer: Promise<T>, ms: number): Promise<T | "unavailable"> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve("unavailable"), ms);
    void answer.then((value) => {
      timer.cancel();
      resolve(value);
    });
  });
}
