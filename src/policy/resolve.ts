import { policyLabel } from "../annotations/own.ts";
import type { LoadBalancerPolicy } from "./schema.ts";
import { type Labels, labelOf, matchesSelector } from "./selector.ts";

export type { Labels } from "./selector.ts";

/** Policies in the order in which they win, and by name. */
export interface PolicySet {
  readonly ordered: readonly LoadBalancerPolicy[];
  readonly byName: ReadonlyMap<string, LoadBalancerPolicy>;
}

export interface Resolution {
  /** The policy in force, or undefined: none. */
  readonly policy: LoadBalancerPolicy | undefined;
  /** The namespace's dualstack.dev/policy label where it does not decide. */
  readonly pick:
    | {
        readonly name: string;
        readonly outcome: "missing" | "not-selectable" | "not-overridable";
        /** The policy that the namespace has by default: its `overridable` and mode say what the outcome means. */
        readonly winner: LoadBalancerPolicy | undefined;
      }
    | undefined;
}

export function policySet(policies: readonly LoadBalancerPolicy[]): PolicySet {
  const ordered = [...policies].sort(byPriorityThenName);
  return { ordered, byName: new Map(ordered.map((policy) => [policy.metadata.name, policy])) };
}

/** Which policy a namespace has. Policies are never merged: exactly one is in force, or none. */
export function resolvePolicy(policies: PolicySet, namespaceLabels: Labels): Resolution {
  const winner = policies.ordered.find(
    ({ spec: { namespaceSelector } }) =>
      namespaceSelector !== undefined && matchesSelector(namespaceSelector, namespaceLabels),
  );
  const name = labelOf(namespaceLabels, policyLabel);
  if (name === undefined || name === winner?.metadata.name) return { policy: winner, pick: undefined };
  if (winner?.spec.overridable === false) {
    return { policy: winner, pick: { name, outcome: "not-overridable", winner } };
  }
  const picked = policies.byName.get(name);
  if (picked?.spec.selectable) return { policy: picked, pick: undefined };
  const outcome = picked === undefined ? "missing" : "not-selectable";
  // Falling back to a default that enforces could expose what the author meant to keep internal.
  const harmless = winner !== undefined && winner.spec.mode !== "Enforce";
  return { policy: harmless ? winner : undefined, pick: { name, outcome, winner } };
}

/** Whether every namespace is under a policy of mode Off, whichever it picks. */
export function judgesNothing({ ordered }: PolicySet): boolean {
  const isForAll = ordered.some(({ spec: { namespaceSelector } }) => {
    const { matchLabels = {}, matchExpressions = [] } = namespaceSelector ?? { matchLabels: { none: "" } };
    return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
  });
  return isForAll && ordered.every(({ spec: { mode } }) => mode === "Off");
}

function byPriorityThenName(a: LoadBalancerPolicy, b: LoadBalancerPolicy): number {
  const byPriority = b.spec.priority - a.spec.priority;
  if (byPriority !== 0) return byPriority;
  // By code unit, since a locale's order may differ from one replica to the next.
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0;
}
