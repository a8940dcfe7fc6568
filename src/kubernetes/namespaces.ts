import { ApiFailure } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { asObject, metadataAccept } from "./list.ts";
import type { Raw } from "./list.ts";
import { liveReads } from "./live-reads.ts";
import type { Labels } from "../policy/resolve.ts";
import { watchResource } from "./watch.ts";
import type { WatchLog } from "./watch.ts";
import type { Watched } from "./watched.ts";

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

const path = "/api/v1/namespaces";
/** Of a namespace, as the API server checks it (RFC 1123 label). */
const validName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Namespace labels: a watch, and one bounded live read for a namespace that the watch has not reported yet. */
export function watchNamespaces(options: NamespacesOptions): Namespaces {
  const watched = watchResource<Labels>({
    ...options,
    path,
    metadataOnly: true,
    project: labelsIn,
    onChange(change) {
      if (change.kind !== "replaced") reads.overtake(change.key);
    },
  });
  const reads = liveReads<Labels>({
    ...options,
    what: "a namespace",
    path,
    accept: metadataAccept.object,
    read: labelsIn,
    validName,
    known: (name) => watched.get(name),
  });
  return {
    watched,
    labelsOf(name, deadlineMs) {
      if (!watched.synced) return Promise.resolve("unavailable");
      const known = watched.get(name);
      if (known !== undefined) return known;
      const read = reads.get(name, deadlineMs);
      return read === "not-found" ? Promise.resolve(read) : read;
    },
    stop: watched.stop.bind(watched),
  };
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
