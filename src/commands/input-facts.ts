import { isDeepStrictEqual } from "node:util";
import { ClusterObjects, keyOf } from "../decision/cluster/cluster.ts";
import type { Cluster, ClusterKind, ClusterViews } from "../decision/cluster/cluster.ts";
import type { ClusterProfile, IpFamily } from "../decision/facts.ts";
import { UnreadableObject } from "../decision/subject.ts";
import { clusterKinds, sources, versionOf } from "../kubernetes/cluster-sources.ts";
import type { ManifestDocument, ManifestProblem } from "../kubernetes/manifests.ts";
import type { Labels } from "../policy/resolve.ts";
import { applied } from "./applied.ts";
import { attempt, fieldProblem } from "./input-problem.ts";
import { judgedKind, namespaceOf } from "./judged-kinds.ts";
import type { LiveCluster } from "./live-cluster.ts";

/** What the input, the flags and the cluster, if one is read, tell of the cluster. */
export interface InputFacts {
  readonly labelsOf: (namespace: string) => Labels;
  readonly profile: ClusterProfile;
  readonly cluster: Cluster;
  readonly problems: readonly ManifestProblem[];
}

export interface GivenFacts {
  /** Of objects that name none. */
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly profile: ClusterProfile;
  /** undefined: no cluster is read, so that nothing is known but what is given. */
  readonly live: LiveCluster | undefined;
}

/** The cluster's objects of the input are facts for every object of it, in place of those of the same name that a cluster has. */
export function inputFacts(documents: readonly ManifestDocument[], given: GivenFacts): InputFacts {
  const namespaces = collect(documents.filter(isNamespace), "Namespace", (document) => {
    const name = nameOf(document.raw);
    return { name, fact: readLabels(document.raw) };
  });
  const known = (name: string): Labels | undefined =>
    namespaces.byName.get(name) ?? given.live?.snapshot.namespaces?.get(name);
  const named = (labels: Labels, name: string): Labels => ({
    ...labels,
    // The API server sets it on every namespace.
    "kubernetes.io/metadata.name": name,
  });
  const isTold = Object.keys(given.namespaceLabels).length > 0;
  const cluster = new ClusterObjects({
    namespaceLabels: (name) => {
      const labels = known(name) ?? (isTold ? given.namespaceLabels : undefined);
      return labels && named(labels, name);
    },
  });
  const problems = clusterKinds.flatMap((kind) => addObjects(kind, cluster, documents, given));
  return {
    labelsOf: (name) => named(known(name) ?? given.namespaceLabels, name),
    profile: withFamilies(given.profile, cluster),
    cluster,
    problems: [...namespaces.problems, ...problems],
  };
}

/** First what a cluster has, then what the input has in its place. */
function addObjects<K extends ClusterKind>(
  kind: K,
  cluster: ClusterObjects,
  documents: readonly ManifestDocument[],
  { namespace, live }: GivenFacts,
): readonly ManifestProblem[] {
  if (live !== undefined) {
    cluster.replace(kind, live.snapshot.views[kind]);
    cluster.setComplete(kind, live.snapshot.complete.has(kind));
  }
  const { apis, read } = sources[kind];
  const versions = apis.map(versionOf);
  const own = documents.filter(
    ({ raw }) => raw["kind"] === kind && versions.some((each) => each === raw["apiVersion"]),
  );
  const found = collect<ClusterViews[K]>(own, kind, (document) => {
    const fact = read(asStored(document, namespace, live));
    return { name: keyOf(kind, fact), fact };
  });
  for (const view of found.byName.values()) cluster.set(kind, view);
  return found.problems;
}

/** The object as the cluster will have it, when it is applied. */
function asStored(
  document: ManifestDocument,
  namespace: string,
  live: LiveCluster | undefined,
): ManifestDocument["raw"] {
  const { raw } = document;
  const stored = live?.stored.get(document);
  if (stored !== undefined) return applied(raw, stored);
  return { ...raw, metadata: { ...fields(raw["metadata"], "metadata"), namespace: namespaceOf(raw) ?? namespace } };
}

interface Collected<T> {
  readonly byName: ReadonlyMap<string, T>;
  readonly problems: readonly ManifestProblem[];
}

/** The objects of one kind by name. Two of one name that say different things cannot both be so. */
function collect<T>(
  documents: readonly ManifestDocument[],
  kind: string,
  read: (document: ManifestDocument) => { readonly name: string; readonly fact: T },
): Collected<T> {
  const found = new Map<string, { readonly fact: T; readonly place: string }>();
  const problems: ManifestProblem[] = [];
  for (const document of documents) {
    const { source, lineOf } = document;
    const result = attempt(document, () => read(document));
    if ("problem" in result) {
      // Who judges it says so, and of one that has no name yet nobody else knows.
      if (judgedKind(document) === undefined) problems.push(result.problem);
      continue;
    }
    const { name, fact } = result.value;
    const first = found.get(name);
    if (first === undefined) found.set(name, { fact, place: `${source}:${lineOf([])}` });
    else if (!isDeepStrictEqual(first.fact, fact)) {
      const sentence = `the ${kind} ${JSON.stringify(name)} is different at ${first.place}, which counts here: preview them apart.`;
      problems.push(fieldProblem(document, "metadata.name", sentence));
    }
  }
  return { byName: new Map([...found].map(([name, { fact }]) => [name, fact])), problems };
}

function isNamespace({ raw: { apiVersion, kind } }: ManifestDocument): boolean {
  return apiVersion === "v1" && kind === "Namespace";
}

function readLabels(raw: Fields): Labels {
  const labels = fields(fields(raw["metadata"], "metadata")["labels"], "metadata.labels");
  const entries = Object.entries(labels).map(([key, value]) => {
    if (typeof value !== "string") throw new UnreadableObject(`metadata.labels[${key}]`, "a string");
    return [key, value] as const;
  });
  return Object.fromEntries(entries);
}

/** As the webhook finds out: the first family of this Service is the cluster's own. */
function withFamilies(profile: ClusterProfile, cluster: Cluster): ClusterProfile {
  const families = cluster.service("default", "kubernetes")?.ipFamilies?.filter(isFamily) ?? [];
  return families.length === 0 ? profile : { ...profile, detectedFamilies: families };
}

function isFamily(family: string): family is IpFamily {
  return family === "IPv4" || family === "IPv6";
}

type Fields = Readonly<Record<string, unknown>>;

function nameOf(raw: Fields): string {
  const name = fields(raw["metadata"], "metadata")["name"];
  if (typeof name !== "string" || name === "")
    throw new UnreadableObject("metadata.name", "a string that is not empty");
  return name;
}

function fields(value: unknown, field: string): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new UnreadableObject(field, "an object");
  return Object.fromEntries(Object.entries(value));
}
