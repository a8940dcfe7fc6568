import { ApiFailure, describeError } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { asObject, metadataAccept, parseObject } from "./list.ts";
import type { Raw } from "./list.ts";
import type { Labels } from "../policy/resolve.ts";
import { watchResource } from "./watch.ts";
import type { WatchLog } from "./watch.ts";
import type { Change, Watched } from "./watched.ts";

/** `unavailable`: nothing may be decided now; the caller answers 503 with Retry-After. */
export type LabelsAnswer = Labels | "not-found" | "unavailable";

export interface Namespaces {
  readonly watched: Watched<Labels>;
  /** At once from memory wherever possible, so that a request needs no await. `deadlineMs` is counted from now. */
  labelsOf(name: string, deadlineMs: number): Labels | Promise<LabelsAnswer>;
  stop(): void;
}

interface NamespacesOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: WatchLog;
}

const namespacesPath = "/api/v1/namespaces";
/** The API server gives the whole admission call a few seconds, and others wait behind us. */
const liveReadMs = 1_000;
/** The watch says within milliseconds what a live read said before it. Only while the watch is broken is this the time to ask again. */
const rememberMs = 5_000;
/** Shorter than a person or a controller needs to create a namespace after a refusal. */
const rememberMissingMs = 1_000;
/** Answers remembered at a time, and live reads under way. Real bursts are a few dozen; this bounds what a flood of names can take. */
const mostRemembered = 1_000;
/** Of a namespace, as the API server checks it (RFC 1123 label). Any other name cannot exist, and must not become part of a path. */
const validName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

interface LiveRead {
  readonly answer: Promise<LabelsAnswer>;
  /** The watch has reported this namespace since the read began, so it knows better. */
  overtaken: boolean;
}

/** Namespace labels: a watch, and one bounded live read for a namespace that the watch has not reported yet. */
export function watchNamespaces(options: NamespacesOptions): Namespaces {
  const { client, clock, log } = options;
  const reading = new Map<string, LiveRead>();
  const remembered = new Map<string, { readonly answer: Labels | "not-found"; readonly until: number }>();
  const watched = watchResource<Labels>({
    ...options,
    path: namespacesPath,
    metadataOnly: true,
    project: labelsIn,
    onChange: overtake,
  });

  function overtake(change: Change): void {
    if (change.kind === "replaced") return;
    remembered.delete(change.key);
    const read = reading.get(change.key);
    if (read !== undefined) read.overtaken = true;
  }

  function recall(name: string): Labels | "not-found" | undefined {
    const entry = remembered.get(name);
    if (entry === undefined) return undefined;
    if (clock.now() < entry.until) return entry.answer;
    remembered.delete(name);
    return undefined;
  }

  function remember(name: string, answer: Labels | "not-found"): void {
    const oldest = remembered.keys().next();
    if (remembered.size >= mostRemembered && oldest.done !== true) remembered.delete(oldest.value);
    remembered.set(name, { answer, until: clock.now() + (answer === "not-found" ? rememberMissingMs : rememberMs) });
  }

  function readOnce(name: string): Promise<LabelsAnswer> {
    const underWay = reading.get(name);
    if (underWay !== undefined) return underWay.answer;
    if (reading.size >= mostRemembered) return Promise.resolve("unavailable");
    const read: LiveRead = { overtaken: false, answer: readLive(name).then((answer) => finish(name, read, answer)) };
    reading.set(name, read);
    return read.answer;
  }

  function finish(name: string, read: LiveRead, answer: LabelsAnswer): LabelsAnswer {
    reading.delete(name);
    const known = watched.get(name);
    if (known !== undefined) return known;
    if (read.overtaken) return "not-found";
    if (answer !== "unavailable") remember(name, answer);
    return answer;
  }

  async function readLive(name: string): Promise<LabelsAnswer> {
    const path = `${namespacesPath}/${name}`;
    try {
      const response = await client.get(path, { accept: metadataAccept.object, timeoutMs: liveReadMs });
      const object = parseObject(response.body, `GET ${path}`);
      if (response.status === 200) return labelsIn(object);
      // A proxy's own 404 is no statement about the namespace.
      if (response.status === 404 && object["kind"] === "Status") return "not-found";
      log.warn({ namespace: name, status: response.status }, "live read of a namespace failed");
    } catch (error) {
      const reason = error instanceof ApiFailure ? error.reason : "bug";
      log.warn({ namespace: name, reason, problem: describeError(error) }, "live read of a namespace failed");
    }
    return "unavailable";
  }

  return {
    watched,
    labelsOf(name, deadlineMs) {
      if (!watched.synced) return Promise.resolve("unavailable");
      const known = watched.get(name) ?? recall(name);
      if (known === "not-found" || !validName.test(name)) return Promise.resolve("not-found");
      if (known !== undefined) return known;
      return inTime(clock, readOnce(name), deadlineMs);
    },
    stop: watched.stop.bind(watched),
  };
}

/** The read goes on for the others who wait for it, and its answer is remembered. */
function inTime(clock: Clock, answer: Promise<LabelsAnswer>, ms: number): Promise<LabelsAnswer> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve("unavailable"), ms);
    void answer.then((value) => {
      timer.cancel();
      resolve(value);
    });
  });
}

/** The labels as they were parsed, checked but not copied: the rest of the object is not kept. */
function labelsIn(raw: Raw): Labels {
  const labels = asObject(raw["metadata"], "metadata")["labels"] ?? {};
  if (!isLabels(labels)) throw new ApiFailure("unreadable", "metadata.labels: not a map of texts");
  return labels;
}

function isLabels(value: unknown): value is Labels {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((label) => typeof label === "string")
  );
}
