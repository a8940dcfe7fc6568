import type { GroupState } from "./group-state.ts";
import type { GroupValues } from "./values.ts";

/** A load balancer that exists, with what a request makes of it for all that use it. */
export interface GroupChange {
  readonly how: /** The Ingress stays in its group. */ "within" | "leaving" | "joining";
  readonly before: GroupValues;
  readonly after: GroupValues;
  /** How many other Ingresses use it. */
  readonly others: number;
}

/**
 * What becomes of the load balancers that a request touches. `stored` is the group of the Ingress before it; undefined: it had
 * none. A load balancer that nobody uses afterwards is not among them, nor is what is not known.
 */
export function groupChanges(stored: GroupState | undefined, next: GroupState): readonly GroupChange[] {
  if (stored !== undefined && isSameLoadBalancer(stored, next)) {
    if (!stored.isKnown() || !next.isKnown() || !stored.isProvisioned()) return none;
    return [{ how: "within", before: stored.values(), after: next.values(), others: next.members.length - 1 }];
  }
  return [...leaving(stored), ...joining(next)];
}

export function isSameLoadBalancer({ id: one }: GroupState, { id: other }: GroupState): boolean {
  if (one.controller !== other.controller || one.name !== other.name) return false;
  // An Ingress keeps its namespace.
  return one.kind === other.kind;
}

const none: readonly GroupChange[] = [];

function leaving(stored: GroupState | undefined): readonly GroupChange[] {
  const others = stored?.others();
  if (stored === undefined || others === undefined || !stored.isKnown() || !stored.isProvisioned()) return none;
  return [{ how: "leaving", before: stored.values(), after: others.values(), others: others.members.length }];
}

function joining(next: GroupState): readonly GroupChange[] {
  const others = next.others();
  if (others?.isProvisioned !== true || !next.isKnown()) return none;
  return [{ how: "joining", before: others.values(), after: next.values(), others: others.members.length }];
}
