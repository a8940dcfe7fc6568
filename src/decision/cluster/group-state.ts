import type { ClusterProfile } from "../facts.ts";
import type { Served } from "./classify.ts";
import type { Cluster } from "./cluster.ts";
import { conflictsIn, redirectFaults } from "./conflicts.ts";
import type { Conflict, RedirectFault } from "./conflicts.ts";
import { groupIdOf, loadGroup } from "./group.ts";
import type { Group, GroupId, Member } from "./group.ts";
import { groupValues } from "./values.ts";
import type { GroupValues } from "./values.ts";
import type { IngressObject } from "./views.ts";

/** The IngressGroup of an Ingress, as it will be with it. */
export interface GroupState extends Group {
  readonly id: GroupId;
  /** The Ingress itself. */
  readonly own: Member;
  readonly values: () => GroupValues;
  readonly conflicts: () => readonly Conflict[];
  /** Those that are there without the Ingress, too. */
  readonly conflictsOfOthers: () => readonly Conflict[];
  /** What is wrong with the port to which HTTP is redirected. */
  readonly redirectFaults: () => readonly RedirectFault[];
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
  return {
    id,
    members,
    inactive,
    problem,
    problemAt,
    own,
    values: once(() => groupValues(members, profile)),
    conflicts: once(() => conflictsIn(members, profile)),
    conflictsOfOthers: once(() =>
      conflictsIn(
        members.filter((member) => member !== own),
        profile,
      ),
    ),
    redirectFaults: once(() => redirectFaults(members)),
  };
}

function once<T extends object>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}
