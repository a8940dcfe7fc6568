import { checkGroups, isBroken } from "../decision/cluster/broken-groups.ts";
import type { CheckedGroup, FaultKind } from "../decision/cluster/broken-groups.ts";
import type { Cluster } from "../decision/cluster/cluster.ts";
import type { IngressObject } from "../decision/cluster/views.ts";
import type { ClusterProfile } from "../decision/facts.ts";
import type { Clock } from "../kubernetes/clock.ts";
import type { Metrics } from "./metrics.ts";

export interface GroupCheck {
  stop(): void;
}

interface GroupCheckOptions {
  readonly cluster: Cluster;
  /** All that are known. Asked anew for each round. */
  readonly ingresses: () => Iterable<IngressObject>;
  readonly profile: ClusterProfile;
  readonly clock: Clock;
  readonly log: GroupCheckLog;
  readonly metrics: Pick<Metrics, "brokenGroups">;
  /** Between the end of a round and the next. */
  readonly everySeconds?: number;
}

interface GroupCheckLog {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

const defaultSeconds = 10;
/** A request that arrives meanwhile waits no longer than this, and one group. */
const sliceMs = 5;
/** One IngressClass can break every group at once. The others follow in the next rounds. */
const mostLines = 20;
/** Enough to know whom to ask. */
const mostNames = 10;

/**
 * Looks for broken IngressGroups: admission sees what is cached at its moment, so that two members created at once may both pass.
 * Tells of each once when it is broken and once when it no longer is. It takes no part in any request, and does not keep the
 * process alive.
 */
export function startGroupCheck(options: GroupCheckOptions): GroupCheck {
  const { cluster, ingresses, profile, clock, log, metrics, everySeconds = defaultSeconds } = options;
  const told = new Map<string, CheckedGroup>();
  let cancel: () => void = () => {};

  function later(work: () => void, ms: number): void {
    const timer = clock.setTimeout(() => guarded(work), ms);
    timer.unref();
    cancel = () => timer.cancel();
  }

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.error({ err: error }, "the check for broken IngressGroups failed");
      later(startRound, everySeconds * 1000);
    }
  }

  function startRound(): void {
    goOn(checkGroups({ ingresses: ingresses(), cluster, profile }), new Map());
  }

  function goOn(steps: Iterator<CheckedGroup | undefined>, broken: Map<string, CheckedGroup>): void {
    const until = clock.elapsed() + sliceMs;
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      if (step.value !== undefined && isBroken(step.value)) broken.set(keyOf(step.value), step.value);
      if (clock.elapsed() >= until) {
        later(() => goOn(steps, broken), 0);
        return;
      }
    }
    conclude(broken);
    later(startRound, everySeconds * 1000);
  }

  function conclude(broken: ReadonlyMap<string, CheckedGroup>): void {
    metrics.brokenGroups(countByFault(broken.values()));
    for (const [key, group] of told) {
      if (broken.has(key)) continue;
      told.delete(key);
      log.info(identityOf(group), "IngressGroup is no longer broken");
    }
    const fresh = [...broken].filter(([key]) => !told.has(key));
    for (const [key, group] of fresh.slice(0, mostLines)) {
      told.set(key, group);
      log.warn(described(group), "IngressGroup is broken: its controller changes nothing of it until this is mended");
    }
    if (fresh.length > mostLines) {
      log.warn({ groups: fresh.length - mostLines }, "more IngressGroups are broken: a line for each follows");
    }
  }

  later(startRound, everySeconds * 1000);
  return { stop: () => cancel() };
}

function keyOf({ id, name }: CheckedGroup): string {
  return `${id.controller} ${name}`;
}

function countByFault(broken: Iterable<CheckedGroup>): ReadonlyMap<FaultKind, number> {
  const counts = new Map<FaultKind, number>();
  for (const { faults } of broken) {
    const [first] = faults;
    if (first !== undefined) counts.set(first.kind, (counts.get(first.kind) ?? 0) + 1);
  }
  return counts;
}

function identityOf({ id, name }: CheckedGroup): object {
  return { group: name, controller: id.controller };
}

function described(group: CheckedGroup): object {
  const names = group.members.slice(0, mostNames).map(({ ingress }) => `${ingress.namespace}/${ingress.name}`);
  const problems = group.faults.slice(0, mostNames).map(({ message }) => message);
  return { ...identityOf(group), members: group.members.length, ingresses: names, problems };
}
