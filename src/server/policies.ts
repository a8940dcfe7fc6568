import { watchPolicies } from "../kubernetes/live-policies.ts";
import type { LivePolicies } from "../kubernetes/live-policies.ts";
import { policyResource } from "../kubernetes/policy-api.ts";
import { writePolicyStatus } from "../kubernetes/policy-status.ts";
import type { PolicyStatusWriter } from "../kubernetes/policy-status.ts";
import type { PolicySet } from "../policy/resolve.ts";
import { unknownRules } from "../policy/schema.ts";
import { rules } from "../rules/index.ts";
import type { WriterLease } from "./writer-lease.ts";
import type { Metrics } from "./metrics.ts";
import type { CacheState } from "./scraped-metrics.ts";

/** The policies that decisions are made by, of files or of a cluster. */
export interface PolicySource {
  /** undefined: not read yet, so that nothing may be decided. */
  current(): PolicySet | undefined;
  /** What a reader of /readyz?verbose should know; undefined: nothing yet. */
  note(): string | undefined;
  counts(): ReadonlyMap<PolicyState, number> | undefined;
  states(): readonly CacheState[];
  stop(): void;
}

/** orphan: in force although its object is gone with the CRD. */
type PolicyState = "accepted" | "last-good" | "refused" | "orphan";

type LiveOptions = Omit<Parameters<typeof watchPolicies>[0], "knownRules" | "onChange"> & {
  readonly lease: WriterLease;
  readonly metrics: Pick<Metrics, "policyStatusWritten">;
};

interface FixedLog {
  warn(data: object, message: string): void;
}

const knownRules = rules.map(({ id }) => id);
/** Enough to know where to look. */
const mostNames = 10;

/** Policies that stay as they were at the start. */
export function fixedPolicies(set: PolicySet, log: FixedLog): PolicySource {
  for (const policy of set.ordered) {
    const unknown = unknownRules(policy, knownRules);
    if (unknown.length > 0) log.warn({ policy: policy.metadata.name, unknown }, "policy names rules that do not exist");
  }
  return {
    current: () => set,
    note: () => `${set.ordered.length} in force`,
    counts: () => new Map([["accepted", set.ordered.length]]),
    states: () => [],
    stop: () => undefined,
  };
}

/** The LoadBalancerPolicies of the cluster; what becomes of each is written into its status by one of the replicas. */
export function startLivePolicies(options: LiveOptions): PolicySource {
  const { lease, metrics } = options;
  let writer: PolicyStatusWriter | undefined;
  const live = watchPolicies({ ...options, knownRules, onChange: () => writer?.check() });
  writer = writePolicyStatus({
    ...options,
    knownRules,
    policies: () => live,
    onWrite: metrics.policyStatusWritten,
  });
  lease.onHeld(() => writer.check());
  return {
    current: () => live.set,
    note: () => (live.set === undefined ? undefined : noteOn(live)),
    counts: () => (live.set === undefined ? undefined : countsOf(live)),
    states: () => [stateOf(live)],
    stop() {
      live.stop();
      writer.stop();
    },
  };
}

function noteOn(live: LivePolicies): string {
  const { standings, watched, set } = live;
  const parts = [`${set?.ordered.length ?? 0} in force`];
  if (watched.absent) parts.push(`the CRD ${policyResource} is not installed`);
  const orphans = [...standings.keys()].filter(live.isOrphan);
  if (orphans.length > 0) parts.push(`kept although their CRD has vanished: ${listed(orphans)}`);
  const refused = [...standings.values()].filter(({ problems }) => problems.length > 0);
  if (refused.length > 0) {
    const names = refused.map(({ object, inForce }) => {
      const instead = inForce === undefined ? "nothing of it is in force" : `generation ${inForce.generation} stays`;
      return `${object.name} (generation ${object.generation} cannot be used, ${instead})`;
    });
    parts.push(`not accepted: ${listed(names)}`);
  }
  return parts.join("; ");
}

function listed(names: readonly string[]): string {
  const more = names.length > mostNames ? `, and ${names.length - mostNames} more` : "";
  return `${names.slice(0, mostNames).join(", ")}${more}`;
}

function countsOf(live: LivePolicies): ReadonlyMap<PolicyState, number> {
  const counts = new Map<PolicyState, number>([
    ["accepted", 0],
    ["last-good", 0],
    ["refused", 0],
    ["orphan", 0],
  ]);
  for (const [name, { problems, inForce }] of live.standings) {
    const judged = problems.length === 0 ? "accepted" : inForce === undefined ? "refused" : "last-good";
    const state = inForce !== undefined && live.isOrphan(name) ? "orphan" : judged;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

function stateOf({ watched }: LivePolicies): CacheState {
  const { synced, lastEventAt, restarts } = watched;
  const at = lastEventAt === undefined ? undefined : new Date(lastEventAt);
  return { resource: policyResource, synced, restarts, lastEventAt: at };
}
