import type { PolicyProblem } from "./problems.ts";
import { policyApiVersion, policyKind, readPolicy } from "./schema.ts";
import type { LoadBalancerPolicy } from "./schema.ts";
import type { PolicyStatus } from "./status.ts";

/** One LoadBalancerPolicy as the API server keeps it. */
export interface PolicyObject {
  readonly name: string;
  readonly uid: string;
  /** Changes with the spec, and with nothing else. */
  readonly generation: number;
  readonly resourceVersion: string;
  /** As its author wrote it. */
  readonly spec: unknown;
  /** undefined: none, or not one that can be read. */
  readonly status: PolicyStatus | undefined;
}

/** A version of a policy that can be used. */
export interface UsableVersion {
  readonly generation: number;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly policy: LoadBalancerPolicy;
}

/** What becomes of one policy. */
export interface Standing {
  readonly object: PolicyObject;
  /** What is wrong with it as it is written now; empty: it is accepted. */
  readonly problems: readonly PolicyProblem[];
  /** undefined: nothing of it. */
  readonly inForce: UsableVersion | undefined;
}

/**
 * A version that can be used is in force at once. In place of one that cannot, the last that could stays: replicas may
 * have seen different ones of these, so once a status speaks of the present version all of them follow the status. Until then
 * the newest that is known counts, which is what the writer of the status publishes.
 */
export function standingOf(object: PolicyObject, before: Standing | undefined): Standing {
  const { uid, generation, name, spec } = object;
  const past = before?.object.uid === uid ? before : undefined;
  const isUnchanged = past?.object.generation === generation && isEqual(past.object.spec, spec);
  if (isUnchanged && past.problems.length === 0) return { ...past, object };
  const read = isUnchanged ? past : readSpec(name, spec);
  if ("policy" in read)
    return { object, problems: [], inForce: { generation, spec: fieldsOf(spec), policy: read.policy } };
  const inForce = lastUsable(object, past);
  // The same version is the same object, so that it shows whether anything has changed.
  const isSame = inForce?.generation === past?.inForce?.generation && isEqual(inForce?.spec, past?.inForce?.spec);
  return { object, problems: read.problems, inForce: isSame ? past?.inForce : inForce };
}

/** `past`: of the same object, since one that was deleted and made anew has none. */
function lastUsable(object: PolicyObject, past: Standing | undefined): UsableVersion | undefined {
  const { status, generation } = object;
  const published = publishedVersion(object);
  const isSettled = status?.observedGeneration === generation;
  // A status of another version of this program may hold what this one cannot read: that settles nothing here.
  if (isSettled && (published !== undefined || status.inForce === undefined)) return published;
  // We do not know the future, as of a cluster that was restored.
  const remembered = (past?.inForce?.generation ?? generation) < generation ? past?.inForce : undefined;
  if (published === undefined || remembered === undefined) return published ?? remembered;
  return published.generation > remembered.generation ? published : remembered;
}

function publishedVersion({ name, status }: PolicyObject): UsableVersion | undefined {
  if (status?.inForce === undefined) return undefined;
  const { generation, spec } = status.inForce;
  const read = readSpec(name, spec);
  return "policy" in read ? { generation, spec, policy: read.policy } : undefined;
}

function readSpec(name: string, spec: unknown): ReturnType<typeof readPolicy> {
  return readPolicy({ apiVersion: policyApiVersion, kind: policyKind, metadata: { name }, spec });
}

/** A generation does not tell: a cluster that was restored gives the same one again to something else. */
function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function fieldsOf(spec: unknown): Readonly<Record<string, unknown>> {
  return typeof spec === "object" && spec !== null ? Object.fromEntries(Object.entries(spec)) : {};
}
