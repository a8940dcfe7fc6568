import { clashOf } from "./clash.ts";
import type { Conflict, Stated } from "./conflicts.ts";
import type { GroupId } from "./group-id.ts";
import type { Member } from "./group.ts";
import type { GroupState } from "./group-state.ts";
import type { Setting } from "./statement.ts";

/** A conflict in which the Ingress has a hand. */
export interface GroupFault {
  readonly setting: Setting;
  /** The ports or keys on which they disagree in the same way. */
  readonly parts: readonly string[];
  /** What it states itself, or what makes the controller compare the others. undefined: only its place in the group does. */
  readonly own: Stated | undefined;
  readonly others: readonly Stated[];
  /** IngressClassParams that nobody knows may settle it. */
  readonly isOpen: boolean;
  /** The others contradict each other; it is the Ingress that makes it count. */
  readonly isAmongOthers: boolean;
}

/**
 * What the Ingress is to blame for: that which it states itself against others, and what it stirs up among them. `stored` is
 * its group as it is before an update.
 */
export function groupFaults(state: GroupState, stored: GroupState | undefined): readonly GroupFault[] {
  const conflicts = state.conflicts();
  if (conflicts.length === 0) return noFaults;
  const faults: GroupFault[] = [];
  for (const conflict of conflicts) {
    const fault = faultOf(conflict, state, stored);
    if (fault === undefined) continue;
    const same = faults.findIndex((known) => isSameFault(known, fault));
    const known = faults[same];
    if (known === undefined) faults.push(fault);
    else faults[same] = { ...known, parts: [...known.parts, ...fault.parts] };
  }
  return faults;
}

/** The conflicts between other members that are none of the Ingress' doing. */
export function conflictsBesides(state: GroupState, stored: GroupState | undefined): readonly Conflict[] {
  return state.conflicts().filter((conflict) => faultOf(conflict, state, stored) === undefined);
}

export function isSameGroup(one: GroupId, other: GroupId | undefined): boolean {
  return other !== undefined && groupLabel(one) === groupLabel(other);
}

/** As people would write it; the names of the two kinds do not meet. */
export function groupLabel(id: GroupId): string {
  switch (id.kind) {
    case "explicit":
      return id.name;
    case "implicit":
      return `${id.namespace}/${id.name}`;
  }
}

const noFaults: readonly GroupFault[] = [];

function faultOf(conflict: Conflict, state: GroupState, stored: GroupState | undefined): GroupFault | undefined {
  const { own: member } = state;
  const { setting, part } = conflict;
  const clash = clashOf(conflict, member);
  if (clash !== undefined) {
    const { own, others, isOpen } = clash;
    return { setting, parts: [part], own, others, isOpen, isAmongOthers: false };
  }
  const before = isSameGroup(state.id, stored?.id) ? stored?.conflicts() : state.conflictsOfOthers();
  if (before?.some((known) => known.setting === setting && known.part === part) === true) return undefined;
  const own = ownOf(conflict, member);
  return { setting, parts: [part], own, others: conflict.stated, isOpen: conflict.isOpen, isAmongOthers: true };
}

function ownOf({ because }: Conflict, member: Member): Stated | undefined {
  return because.find((stated) => stated.member === member);
}

/** The same words on another port. */
function isSameFault(one: GroupFault, other: GroupFault): boolean {
  return (
    one.setting === other.setting &&
    one.isAmongOthers === other.isAmongOthers &&
    one.own?.field === other.own?.field &&
    one.own?.value === other.own?.value &&
    one.others.length === other.others.length &&
    one.others.every(({ member }, index) => member === other.others[index]?.member)
  );
}
