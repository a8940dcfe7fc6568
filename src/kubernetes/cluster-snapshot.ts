import type { ClusterKind, ClusterViews } from "../decision/cluster/cluster.ts";
import { UnreadableObject } from "../decision/subject.ts";
import type { Labels } from "../policy/selector.ts";
import { standingOf } from "../policy/standing.ts";
import type { Standing } from "../policy/standing.ts";
import { ApiFailure, statusFailure } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import { objectPath, pathOf, resourceOf, sources, versionOf } from "./cluster-sources.ts";
import { asObject, listResource, metadataAccept, parseObject, textOf } from "./list.ts";
import type { Raw } from "./list.ts";
import { policiesPath, policyObject, policyResource } from "./policy-api.ts";

/** What a cluster has, read once: each collection as of a moment of its own. */
export interface ClusterSnapshot {
  readonly views: { readonly [K in ClusterKind]: readonly ClusterViews[K][] };
  /** The kinds of which every object is known. */
  readonly complete: ReadonlySet<ClusterKind>;
  /** Labels by name. undefined: they may not be read. */
  readonly namespaces: ReadonlyMap<string, Labels> | undefined;
  /** undefined: not asked for, or not known: they may not be read, or nobody has installed the resource. */
  readonly policies: readonly Standing[] | undefined;
  /** One sentence each: what may not, or cannot, be read. */
  readonly gaps: readonly string[];
}

interface SnapshotOptions {
  readonly client: ApiClient;
  /** What to read, besides the labels of namespaces. */
  readonly kinds: readonly ClusterKind[];
  /** Whether LoadBalancerPolicies are to be read, too. */
  readonly withPolicies?: boolean;
  /** How many objects have been read by now, of all kinds. */
  readonly onProgress?: (objects: number) => void;
  readonly pageSize?: number;
}

/** client-go's page size. */
const defaultPageSize = 500;
/** Objects may be added while pages are read for longer than the API server remembers (five minutes): from the start again. */
const attempts = 3;

/**
 * Reads the collections side by side, with no other request than GET. A kind that nobody installed has no objects. What may not
 * be read is a gap. Every other failure is thrown as an ApiFailure.
 */
export async function readCluster(options: SnapshotOptions): Promise<ClusterSnapshot> {
  const views: { readonly [K in ClusterKind]: ClusterViews[K][] } = {
    Ingress: [],
    IngressClass: [],
    IngressClassParams: [],
    Service: [],
    TargetGroupBinding: [],
  };
  const namespaces = new Map<string, Labels>();
  const stopping = new AbortController();
  const gaps: string[] = [];
  const progress = { objects: 0 };
  const reader: Reader = { ...options, signal: stopping.signal, gaps, progress };

  async function readKind<K extends ClusterKind>(kind: K, into: ClusterViews[K][]): Promise<ClusterKind[]> {
    const { plural, apis, read } = sources[kind];
    const known = await Promise.all(
      apis.map(async (api) => {
        const found = await readCollection(reader, {
          path: pathOf(api, plural),
          resource: resourceOf(api, plural),
          accept: "application/json",
          mayBeAbsent: api.aws !== undefined,
          read,
        });
        into.push(...found.objects);
        return found.isComplete;
      }),
    );
    return known.every(Boolean) ? [kind] : [];
  }

  try {
    const [policies, labels, ...complete] = await Promise.all([
      options.withPolicies === true ? readCollection(reader, policyCollection) : undefined,
      readCollection(reader, {
        path: "/api/v1/namespaces",
        resource: "namespaces",
        accept: metadataAccept.list,
        mayBeAbsent: false,
        read: (raw) => [nameOf(raw), labelsOf(raw)] as const,
      }),
      ...options.kinds.map((kind) => readKind(kind, views[kind])),
    ]);
    for (const [name, value] of labels.objects) namespaces.set(name, value);
    return {
      views,
      complete: new Set(complete.flat()),
      namespaces: labels.isReadable ? namespaces : undefined,
      policies: policies?.isReadable === true && !policies.isAbsent ? policies.objects : undefined,
      gaps: gaps.toSorted(),
    };
  } catch (error) {
    stopping.abort();
    throw error;
  }
}

/** An object as it is stored, whole. "forbidden": it may not be read. */
export async function readLive(
  client: ApiClient,
  kind: "Ingress" | "Service" | "TargetGroupBinding",
  { namespace, name, apiVersion }: { readonly namespace: string; readonly name: string; readonly apiVersion: string },
): Promise<Raw | "forbidden" | undefined> {
  const { plural, apis } = sources[kind];
  const api = apis.find((candidate) => versionOf(candidate) === apiVersion);
  if (api === undefined) return undefined;
  const path = objectPath(api, plural, namespace, name);
  const answer = await client.get(path);
  if (answer.status === 200) return parseObject(answer.body, `GET ${path}`);
  const failure = statusFailure(answer.status, `GET ${path}`, answer.body, answer.retryAfterMs);
  if (failure.reason === "not-found") return undefined;
  if (failure.reason === "forbidden") return "forbidden";
  throw failure;
}

interface Reader extends SnapshotOptions {
  readonly signal: AbortSignal;
  readonly gaps: string[];
  readonly progress: { objects: number };
}

interface Collection<T> {
  readonly path: string;
  readonly resource: string;
  readonly accept: string;
  readonly mayBeAbsent: boolean;
  readonly read: (raw: Raw) => T;
}

const policyCollection: Collection<Standing> = {
  path: policiesPath,
  resource: policyResource,
  accept: "application/json",
  mayBeAbsent: true,
  read: (raw) => standingOf(policyObject(raw), undefined),
};

interface Found<T> {
  readonly objects: readonly T[];
  /** Nobody has installed the resource. */
  readonly isAbsent: boolean;
  /** false: it may not be read. */
  readonly isReadable: boolean;
  readonly isComplete: boolean;
}

async function readCollection<T>(reader: Reader, collection: Collection<T>): Promise<Found<T>> {
  const { gaps } = reader;
  const { resource, mayBeAbsent } = collection;
  try {
    const { objects, unreadable } = await listAll(reader, collection);
    const [first] = unreadable;
    if (first !== undefined) {
      const others = unreadable.length === 1 ? "" : `, and ${unreadable.length - 1} more`;
      gaps.push(`Of the ${resource} one cannot be read: ${first}${others}.`);
    }
    return { objects, isAbsent: false, isReadable: true, isComplete: unreadable.length === 0 };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    if (error.reason === "not-found" && mayBeAbsent) {
      return { objects: [], isAbsent: true, isReadable: true, isComplete: true };
    }
    if (error.reason !== "forbidden") throw error;
    gaps.push(`You may not list ${resource}: they are not known.`);
    return { objects: [], isAbsent: false, isReadable: false, isComplete: false };
  }
}

interface Listed<T> {
  readonly objects: T[];
  /** "namespace/name: what is wrong" */
  readonly unreadable: string[];
}

async function listAll<T>(reader: Reader, collection: Collection<T>): Promise<Listed<T>> {
  const { client, signal, progress, onProgress } = reader;
  const { path, accept, read } = collection;
  let pageSize = reader.pageSize ?? defaultPageSize;
  for (let attempt = 1; ;) {
    const listed: Listed<T> = { objects: [], unreadable: [] };
    let seen = 0;
    const onItem = (raw: Raw): void => {
      keep(raw, read, listed);
      seen += 1;
      progress.objects += 1;
      onProgress?.(progress.objects);
    };
    try {
      await listResource({ client, path, accept, pageSize, signal, onItem });
      return listed;
    } catch (error) {
      progress.objects -= seen;
      if (!(error instanceof ApiFailure)) throw error;
      if (error.reason === "too-large" && pageSize > 1) pageSize = Math.floor(pageSize / 2);
      else if (error.reason === "gone" && attempt < attempts) attempt += 1;
      else throw error;
    }
  }
}

function keep<T>(raw: Raw, read: (raw: Raw) => T, { objects, unreadable }: Listed<T>): void {
  try {
    objects.push(read(raw));
  } catch (error) {
    if (!(error instanceof UnreadableObject)) throw error;
    unreadable.push(`${keyOf(raw)}: ${error.message}`);
  }
}

function keyOf(raw: Raw): string {
  const { namespace } = asObject(raw["metadata"], "metadata");
  return typeof namespace === "string" && namespace !== "" ? `${namespace}/${nameOf(raw)}` : nameOf(raw);
}

function nameOf(raw: Raw): string {
  return textOf(asObject(raw["metadata"], "metadata")["name"], "metadata.name");
}

function labelsOf(raw: Raw): Labels {
  const labels = asObject(raw["metadata"], "metadata")["labels"] ?? {};
  const entries = Object.entries(asObject(labels, "metadata.labels")).map(([key, value]) => {
    if (typeof value !== "string") throw new UnreadableObject(`metadata.labels[${key}]`, "a string");
    return [key, value] as const;
  });
  return Object.fromEntries(entries);
}
