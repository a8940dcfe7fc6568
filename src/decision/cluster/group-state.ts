import { isProvisioned } from "../controller.ts";
import type { ClusterProfile } from "../facts.ts";
import type { Served } from "./classify.ts";
import type { Cluster } from "./cluster.ts";
import { conflictsIn, redirectFaults } from "./conflicts.ts";
import type { Conflict, RedirectFault } from "./conflicts.ts";
import { groupChanges } from "./group-changes.ts";
import type { GroupChange } from "./group-changes.ts";
import { groupIdOf } from "./group-id.ts";
import { loadGroup } from "./group.ts";
import type { GroupId } from "./group-id.ts";
import type { Group, Member } from "./group.ts";
import { statementsOf } from "./statements.ts";
import type { Setting, Statement } from "./statement.ts";
import { groupValues } from "./values.ts";
import type { GroupValues } from "./values.ts";
import type { IngressObject } from "./views.ts";

/** The IngressGroup of an Ingress, as it will be with it. */
export interface GroupState extends Group {
  readonly id: GroupId;
  /** The Ingress itself. */
  readonly own: Member;
  /** Whether all members and their IngressClassParams are known. */
  readonly isKnown: () => boolean;
  /** The load balancer exists, or may be being built. */
  readonly isProvisioned: () => boolean;
  /** The group as it is without the Ingress. undefined: there is nobody else. */
  readonly others: () => OtherMembers | undefined;
  /** What a request does to load balancers that exist. `stored`: the group of the Ingress before it, undefined where it had none. */
  readonly changesFrom: (stored: GroupState | undefined) => readonly GroupChange[];
  readonly values: () => GroupValues;
  readonly conflicts: () => readonly Conflict[];
  /** Those that are there without the Ingress, too. */
  readonly conflictsOfOthers: () => readonly Conflict[];
  /** What is wrong with the port to which HTTP is redirected. */
  readonly redirectFaults: () => readonly RedirectFault[];
  readonly rareStatements: () => readonly RareStatement[];
}

/** What few Ingresses state, and many rules ask for. */
export interface RareStatement {
  readonly statement: Statement;
  readonly isOwn: boolean;
}

const rareSettings: ReadonlySet<Setting> = new Set([
  "security-groups",
  "customer-owned-ipv4-pool",
  "ipam-ipv4-pool-id",
  "inbound-cidrs",
  "security-group-prefix-lists",
]);

/** A group of a hundred is walked through once. */
function rareStatements({ members, own }: Pick<GroupState, "members" | "own">): readonly RareStatement[] {
  const found: RareStatement[] = [];
  for (const member of members) {
    for (const statement of statementsOf(member)) {
      if (rareSettings.has(statement.setting)) found.push({ statement, isOwn: member === own });
    }
  }
  return found;
}

export interface OtherMembers {
  readonly members: readonly [Member, ...Member[]];
  readonly isProvisioned: boolean;
  readonly values: () => GroupValues;
}

/** undefined: the name of its group is not valid, or it is being deleted, so that it belongs to none. */
export function groupStateOf(
  ingress: IngressObject,
  classification: Served,
  cluster: Cluster | undefined,
  profile: ClusterProfile,
): GroupState | undefined {
  const id = groupIdOf(ingress, classification);
  if (id.kind === "invalid") return undefined;
  const group = loadGroup(id, cluster, profile, ingress);
  const own = group.members.find((member) => member.ingress === ingress);
  if (own === undefined) return undefined;
  const { members, inactive, problem, problemAt } = group;
  const isBuilt = (some: readonly Member[]): boolean =>
    inactive.length > 0 || some.some((member) => isProvisioned(member.ingress.view));
  const others = once((): { readonly group: OtherMembers | undefined } => {
    const [first, ...rest] = members.filter((member) => member !== own);
    if (first === undefined) return { group: undefined };
    const all = [first, ...rest] as const;
    return { group: { members: all, isProvisioned: isBuilt(all), values: once(() => groupValues(all, profile)) } };
  });
  const state: GroupState = {
    id,
    members,
    inactive,
    problem,
    problemAt,
    own,
    isKnown: () => isComplete(id, cluster) && members.every(({ classification }) => classification.paramsKnown),
    isProvisioned: () => isBuilt(members),
    others: () => others().group,
    changesFrom: (stored) => groupChanges(stored, state),
    values: once(() => groupValues(members, profile)),
    conflicts: once(() => conflictsIn(members, profile)),
    conflictsOfOthers: once(() =>
      conflictsIn(
        members.filter((member) => member !== own),
        profile,
      ),
    ),
    redirectFaults: once(() => redirectFaults(members)),
    rareStatements: once(() => rareStatements({ members, own })),
  };
  return state;
}

/** Whether no other Ingress can be in the group. IngressClassParams put the Ingresses of a class into one, too. */
function isComplete(id: GroupId, cluster: Cluster | undefined): boolean {
  if (id.kind === "implicit") return true;
  return (["Ingress", "IngressClass", "IngressClassParams"] as const).every(
    (kind) => cluster?.isComplete(kind) === true,
  );
}

function once<T extends object>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}
