import type { Conflict, Stated } from "./conflicts.ts";
import type { Member } from "./group.ts";

/** What one member states against others. */
export interface Clash {
  readonly conflict: Conflict;
  readonly own: Stated;
  /** Those whose value is another one, in group order. */
  readonly others: readonly Stated[];
  /** IngressClassParams that nobody knows may settle it. */
  readonly isOpen: boolean;
}

/** The part that a member has in a conflict. undefined: whatever it states, somebody else is at odds with somebody else. */
export function clashOf(conflict: Conflict, member: Member): Clash | undefined {
  for (const own of conflict.stated) {
    if (own.member !== member) continue;
    const others = conflict.stated.filter(({ value }) => value !== own.value);
    if (others.length === 0) continue;
    const isOpen = conflict.isOpen || mayBeOverruled(own) || others.every(mayBeOverruled);
    return { conflict, own, others, isOpen };
  }
  return undefined;
}

function mayBeOverruled({ isOverrulable, member }: Stated): boolean {
  return isOverrulable && !member.classification.paramsKnown;
}
