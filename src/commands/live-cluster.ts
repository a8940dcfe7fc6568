import { ApiFailure } from "../kubernetes/api-failure.ts";
import { connect } from "../kubernetes/client.ts";
import type { ApiClient } from "../kubernetes/client.ts";
import { readCluster, readLive } from "../kubernetes/cluster-snapshot.ts";
import type { ClusterSnapshot } from "../kubernetes/cluster-snapshot.ts";
import { keyOf } from "../decision/cluster/cluster.ts";
import type { ClusterKind } from "../decision/cluster/cluster.ts";
import type { ManifestDocument } from "../kubernetes/manifests.ts";
import type { Environment } from "../settings/table.ts";
import { clusterAccess } from "./cluster-access.ts";
import { identityOf, judgedKind } from "./judged-kinds.ts";
import type { Progress } from "./progress.ts";

/** A running cluster, read once. */
export interface LiveCluster {
  readonly snapshot: ClusterSnapshot;
  /** The objects of the input that the cluster has, as they are stored there. */
  readonly stored: ReadonlyMap<ManifestDocument, ManifestDocument["raw"]>;
  /** One sentence each: what is not known of it. */
  readonly notes: readonly string[];
}

interface LiveOptions {
  readonly kubeconfig: string | undefined;
  readonly env: Environment;
  readonly kinds: readonly ClusterKind[];
  readonly withPolicies: boolean;
  readonly documents: readonly ManifestDocument[];
  /** Of documents that name none. */
  readonly namespace: string;
  readonly progress: Progress;
}

/** Side by side, as many as do not trouble an API server. */
const readsAtOnce = 16;

/** Reads a cluster with GET requests only. What stands in the way is one sentence. */
export async function readLiveCluster(
  options: LiveOptions,
): Promise<{ readonly live: LiveCluster } | { readonly problem: string }> {
  const { env, kinds, withPolicies, progress } = options;
  const access = clusterAccess(options.kubeconfig, env);
  if (access.problem !== undefined) return { problem: access.problem };
  let objects = 0;
  const show = (): void => progress.report(`reading the cluster: ${objects} objects`);
  // A server that does not answer leaves nothing to report, and people with nothing to look at.
  const ticking = setInterval(show, 100);
  let client: ApiClient | undefined;
  try {
    client = await connect({ kubeconfig: access.kubeconfig, inCluster: { environment: env } });
    const onProgress = (count: number): void => {
      objects = count;
      show();
    };
    const snapshot = await readCluster({ client, kinds, withPolicies, onProgress });
    const { stored, forbidden } = await readStored(client, snapshot, options);
    const notes = forbidden.map((name) => `You may not read ${name}: it is judged as if it were new.`);
    return { live: { snapshot, stored, notes: [...snapshot.gaps, ...notes] } };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    return { problem: error.message };
  } finally {
    clearInterval(ticking);
    client?.close();
  }
}

interface Stored {
  readonly stored: ReadonlyMap<ManifestDocument, ManifestDocument["raw"]>;
  readonly forbidden: readonly string[];
}

/** What an update is judged against is needed whole; of all the other objects projections are enough. */
async function readStored(
  client: ApiClient,
  { views, complete }: ClusterSnapshot,
  { documents, namespace }: LiveOptions,
): Promise<Stored> {
  const stored = new Map<ManifestDocument, ManifestDocument["raw"]>();
  const forbidden: string[] = [];
  const known = new Set([
    ...views.Ingress.map((view) => `Ingress ${keyOf("Ingress", view)}`),
    ...views.Service.map((view) => `Service ${keyOf("Service", view)}`),
    ...views.TargetGroupBinding.map((view) => `TargetGroupBinding ${keyOf("TargetGroupBinding", view)}`),
  ]);
  const reads = documents.flatMap((document) => {
    const kind = judgedKind(document);
    const identity = identityOf(document.raw, namespace);
    if (kind === undefined || identity === undefined) return [];
    const name = `${identity.namespace}/${identity.name}`;
    const [group] = identity.apiVersion.split("/");
    const key = kind === "TargetGroupBinding" ? `${kind} ${group}/${name}` : `${kind} ${name}`;
    return complete.has(kind) && !known.has(key) ? [] : [{ document, kind, identity, name: `${kind} ${name}` }];
  });
  for (let at = 0; at < reads.length; at += readsAtOnce) {
    await Promise.all(
      reads.slice(at, at + readsAtOnce).map(async ({ document, kind, identity, name }) => {
        const found = await readLive(client, kind, identity);
        if (found === "forbidden") forbidden.push(name);
        else if (found !== undefined) stored.set(document, found);
      }),
    );
  }
  return { stored, forbidden: forbidden.toSorted() };
}
