import { policySet } from "../policy/resolve.ts";
import type { PolicySet } from "../policy/resolve.ts";
import { standingOf } from "../policy/standing.ts";
import type { PolicyObject, Standing } from "../policy/standing.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { missingPolicies } from "./missing-policies.ts";
import { policiesPath, policyObject, policyResource } from "./policy-api.ts";
import { tellOfChange } from "./policy-log.ts";
import { watchResource } from "./watch.ts";
import type { WatchLog } from "./watch.ts";
import type { Watched } from "./watched.ts";

/** The LoadBalancerPolicies of a cluster, kept up to date. */
export interface LivePolicies {
  /** What decisions are made by; another one whenever something else is in force. undefined: not read yet, so that nothing may be decided. */
  readonly set: PolicySet | undefined;
  /** What became of each policy, by name. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** Whether the policy's object is gone while its last version stays in force: the CRD has vanished, or is about to. */
  readonly isOrphan: (name: string) => boolean;
  readonly watched: Watched<PolicyObject>;
  stop(): void;
}

interface LivePoliciesOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: WatchLog;
  /** Ids of the rules that there are. */
  readonly knownRules: readonly string[];
  /** Something of a policy or its status has changed. */
  readonly onChange?: () => void;
  /** Something else is in force. */
  readonly onSet?: () => void;
}

/**
 * Watches policies. One that can be used is in force as soon as it is heard of; of one that cannot, its last good version
 * stays. A policy is gone when somebody deleted it, and not when the CRD went, which deletes the policies first.
 */
export function watchPolicies(options: LivePoliciesOptions): LivePolicies {
  const { log, knownRules, onChange, onSet } = options;
  const standings = new Map<string, Standing>();
  let set: PolicySet | undefined;
  const watched: Watched<PolicyObject> = watchResource<PolicyObject>({
    ...options,
    path: policiesPath,
    mayBeAbsent: true,
    project: policyObject,
    onChange(change) {
      if (set === undefined && watched.absent) {
        log.warn(
          { crd: policyResource },
          "the CRD is not installed: no policy is in force until it is, and there is one",
        );
      }
      if (change.kind === "replaced") for (const [, object] of watched.entries()) settle(object);
      if (change.kind === "set") settle(watched.get(change.key));
      swap();
      missing.check();
    },
  });
  const missing = missingPolicies({
    ...options,
    names: () => [...standings.keys()].filter((name) => watched.get(name) === undefined),
    onDeleted(names) {
      for (const name of names) {
        standings.delete(name);
        log.info({ policy: name }, "policy is deleted, and no longer in force");
      }
      swap();
    },
  });

  function settle(object: PolicyObject | undefined): void {
    if (object === undefined) return;
    const before = standings.get(object.name);
    const standing = standingOf(object, before);
    standings.set(object.name, standing);
    tellOfChange(before, standing, { log, knownRules });
  }

  function swap(): void {
    const next = policySet([...standings.values()].flatMap(({ inForce }) => inForce?.policy ?? []));
    if (set === undefined || !isSame(set, next)) {
      set = next;
      onSet?.();
    }
    onChange?.();
  }

  return {
    get set() {
      return set;
    },
    standings,
    isOrphan: (name) => standings.has(name) && watched.get(name) === undefined,
    watched,
    stop() {
      watched.stop();
      missing.stop();
    },
  };
}

function isSame({ ordered: one }: PolicySet, { ordered: other }: PolicySet): boolean {
  return one.length === other.length && one.every((policy, index) => policy === other[index]);
}
