import { controllerOf, paramsApi } from "../decision/cluster/classify.ts";
import { ClusterObjects } from "../decision/cluster/cluster.ts";
import type { Cluster, ClusterKind, ClusterViews } from "../decision/cluster/cluster.ts";
import type { IngressClassView } from "../decision/cluster/views.ts";
import type { Labels } from "../policy/selector.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { awsApis, networking, pathOf, resourceOf, sources } from "./cluster-sources.ts";
import type { Api } from "./cluster-sources.ts";
import { liveReads } from "./live-reads.ts";
import { watchResource } from "./watch.ts";
import type { WatchLog } from "./watch.ts";
import type { Change, RestartReason, Watched } from "./watched.ts";

/** The objects that decisions about other objects need, in memory. */
export interface ClusterCache {
  readonly cluster: Cluster;
  /** Every collection that is kept has been read, or does not exist. Once synced it stays so. */
  readonly synced: boolean;
  /**
   * Reads an IngressClass that its watch has not reported yet, with the IngressClassParams that it names: people apply them
   * together with the Ingress. undefined: there is nothing to wait for.
   */
  lookUpClass(name: string, deadlineMs: number): Promise<void> | undefined;
  /** One for each collection that is kept, in no particular order. */
  states(): readonly CollectionState[];
  stop(): void;
}

export interface CollectionState {
  /** As RBAC and kubectl name it: `services`, `ingresses.networking.k8s.io`. */
  readonly resource: string;
  readonly synced: boolean;
  readonly lastEventAt: Date | undefined;
  readonly restarts: ReadonlyMap<RestartReason, number>;
  /** Objects that could not be read, each time that one came. */
  readonly handlerErrors: number;
}

interface ClusterCacheOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: WatchLog;
  /** What to keep. Nothing is known of any other kind. */
  readonly kinds: ReadonlySet<ClusterKind>;
  /** Labels of a namespace, from memory. undefined: not known. */
  readonly labelsOf: (name: string) => Labels | undefined;
  readonly pageSize?: number;
}

/** A collection that is kept. */
interface Kept<View> {
  readonly resource: string;
  readonly watched: Watched<View>;
}

/** Whole objects weigh ten times what is kept of them, and several kinds are listed at the same time: 500 take 30 MiB more. */
const defaultPageSize = 100;

/** Keeps projections of the cluster's objects, each once: what a watch holds is what the indexes refer to. */
export function watchCluster(options: ClusterCacheOptions): ClusterCache {
  const objects = new ClusterObjects({ namespaceLabels: options.labelsOf });
  const lookUp = classLookUp(objects, options);
  const kept = [...options.kinds].flatMap((kind) => keep(kind, objects, lookUp.overtake, options));
  return {
    cluster: objects,
    lookUpClass: lookUp.read,
    get synced() {
      return kept.every(({ watched }) => watched.synced);
    },
    states: () => kept.map(stateOf),
    stop() {
      for (const { watched } of kept) watched.stop();
    },
  };
}

interface ClassLookUp {
  readonly read: ClusterCache["lookUpClass"];
  /** A watch has reported an object of the kind. */
  readonly overtake: (kind: ClusterKind, { aws }: Api, key: string) => void;
}

function classLookUp(objects: ClusterObjects, options: ClusterCacheOptions): ClassLookUp {
  const classes = liveReads({
    ...options,
    what: "an IngressClass",
    path: pathOf(networking, sources.IngressClass.plural),
    read: sources.IngressClass.read,
    validName,
    known: (name) => objects.ingressClass(name),
  });
  const params = new Map(
    awsApis.map((api) => [
      api.aws,
      liveReads({
        ...options,
        what: "IngressClassParams",
        path: pathOf(api, sources.IngressClassParams.plural),
        mayBeAbsent: true,
        read: sources.IngressClassParams.read,
        validName,
        known: (name) => (api.aws === undefined ? undefined : objects.ingressClassParams(api.aws, name)),
      }),
    ]),
  );

  function isMissing(name: string): boolean {
    const known = objects.ingressClass(name);
    return known === undefined || isWithoutParams(known);
  }

  function isWithoutParams({ controller, parameters }: IngressClassView): boolean {
    const served = controllerOf({ controller });
    return (
      served !== undefined &&
      parameters?.kind === "IngressClassParams" &&
      parameters.apiGroup === paramsApi(served) &&
      objects.ingressClassParams(paramsApi(served), parameters.name) === undefined
    );
  }

  async function read(name: string, deadlineMs: number): Promise<void> {
    const found = objects.ingressClass(name) ?? (await classes.get(name, deadlineMs));
    if (typeof found === "string") return;
    if (objects.ingressClass(name) === undefined) objects.set("IngressClass", found);
    const served = controllerOf(found);
    if (served === undefined || found.parameters === undefined || !isWithoutParams(found)) return;
    const api = paramsApi(served);
    const named = await params.get(api)?.get(found.parameters.name, deadlineMs);
    if (typeof named !== "object" || objects.ingressClassParams(api, named.name) !== undefined) return;
    objects.set("IngressClassParams", named);
  }

  return {
    read: (name, deadlineMs) =>
      options.kinds.has("IngressClass") && isMissing(name) ? read(name, deadlineMs) : undefined,
    overtake(kind, { aws }, key) {
      if (kind === "IngressClass") classes.overtake(key);
      if (kind === "IngressClassParams") params.get(aws)?.overtake(key);
    },
  };
}

/** Of both kinds, as the API server checks it (RFC 1123 subdomain). */
const validName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

function keep<K extends ClusterKind>(
  kind: K,
  objects: ClusterObjects,
  overtake: ClassLookUp["overtake"],
  options: ClusterCacheOptions,
): readonly Kept<ClusterViews[K]>[] {
  const { plural, apis, read } = sources[kind];
  const kept: readonly Kept<ClusterViews[K]>[] = apis.map((api) => {
    const watched: Watched<ClusterViews[K]> = watchResource<ClusterViews[K]>({
      ...options,
      pageSize: options.pageSize ?? defaultPageSize,
      path: pathOf(api, plural),
      mayBeAbsent: api.aws !== undefined,
      project: read,
      onChange(change) {
        if (change.kind !== "replaced") overtake(kind, api, change.key);
        apply(change, api, watched);
        objects.setComplete(kind, kept.every(isComplete));
      },
    });
    return { resource: resourceOf(api, plural), watched };
  });

  function apply(change: Change, { aws }: Api, watched: Watched<ClusterViews[K]>): void {
    switch (change.kind) {
      case "replaced":
        objects.replace(kind, viewsIn(watched), aws);
        return;
      case "set": {
        const view = watched.get(change.key);
        if (view !== undefined) objects.set(kind, view);
        return;
      }
      case "removed":
        objects.delete(kind, aws === undefined ? change.key : `${aws}/${change.key}`);
    }
  }

  return kept;
}

/** An object that nothing is known of exists all the same. */
function isComplete({ watched }: Kept<unknown>): boolean {
  return watched.synced && watched.unreadable === 0;
}

function* viewsIn<View>(watched: Watched<View>): Generator<View> {
  for (const [, view] of watched.entries()) yield view;
}

function stateOf({ resource, watched }: Kept<unknown>): CollectionState {
  const { synced, lastEventAt, restarts, handlerErrors } = watched;
  const at = lastEventAt === undefined ? undefined : new Date(lastEventAt);
  return { resource, synced, lastEventAt: at, restarts, handlerErrors };
}
