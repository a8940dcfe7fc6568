import { featureBits } from "./features.ts";
import type { Rule } from "./rule.ts";
import type { Annotations } from "./subject.ts";

/** The checks that a rule may have, each for one kind of context. */
export type CheckName = "service" | "ingress" | "binding" | "backend";

/** A rule with the check that is asked: all of one shape, since reading from rules, no two of which are alike, is slow. */
export interface AskedRule<C extends CheckName> {
  readonly rule: Rule;
  readonly check: NonNullable<Rule[C]>;
  readonly readsFamilies: boolean;
}

/**
 * The rules that may have something to say of an object with these annotations and features, in the order of the list: most
 * need one that few objects have. `stored`: the annotations of the stored object, on an update.
 */
export function rulesFor<C extends CheckName>(
  rules: readonly Rule[],
  check: C,
  annotations: Annotations,
  stored: Annotations | undefined,
  features: number,
): readonly AskedRule<C>[] {
  const list = preparedFor(rules, check);
  const isUpdate = stored !== undefined;
  list.round += 1;
  const areMarked = mark(annotations, list);
  const wereMarked = isUpdate && mark(stored, list);
  if (!areMarked && !wereMarked && features === 0) return isUpdate ? list.always.update : list.always.create;
  const asked: AskedRule<C>[] = [];
  for (const entry of list.entries) {
    const mayApply = entry.isAlways || entry.markedIn === list.round || (entry.features & features) !== 0;
    if (mayApply && (isUpdate || !entry.isForUpdates)) asked.push(entry);
  }
  return asked;
}

/** Whether any annotation brings about a rule; each such rule is marked with this round. */
function mark<C extends CheckName>(annotations: Annotations, { byKey, families, round }: Prepared<C>): boolean {
  let isAnyMarked = false;
  for (const key in annotations) {
    const entries = byKey.get(key) ?? familyOf(key, families);
    if (entries === undefined) continue;
    isAnyMarked = true;
    for (const entry of entries) entry.markedIn = round;
  }
  return isAnyMarked;
}

function familyOf<C extends CheckName>(
  key: string,
  families: Prepared<C>["families"],
): readonly Entry<C>[] | undefined {
  for (const { stem, entries } of families) if (key.startsWith(stem)) return entries;
  return undefined;
}

interface Entry<C extends CheckName> extends AskedRule<C> {
  readonly isAlways: boolean;
  readonly isForUpdates: boolean;
  /** Bits of those that bring it about. */
  readonly features: number;
  /** The round in which an annotation brought it about last: cheaper than a set for each object. */
  markedIn: number;
}

interface Prepared<C extends CheckName> {
  readonly entries: readonly Entry<C>[];
  round: number;
  /** What is asked of every object, ready for those without any annotation of interest. */
  readonly always: { readonly create: readonly Entry<C>[]; readonly update: readonly Entry<C>[] };
  /** What a key brings about; a family by what its keys begin with. */
  readonly byKey: ReadonlyMap<string, readonly Entry<C>[]>;
  readonly families: readonly { readonly stem: string; readonly entries: readonly Entry<C>[] }[];
}

/** By list, since tests and callers bring lists of their own; a list never changes. */
const prepared = new WeakMap<readonly Rule[], { [C in CheckName]?: Prepared<C> }>();

function preparedFor<C extends CheckName>(rules: readonly Rule[], check: C): Prepared<C> {
  let lists: { [K in CheckName]?: Prepared<K> } | undefined = prepared.get(rules);
  if (lists === undefined) {
    lists = {};
    prepared.set(rules, lists);
  }
  const found: Prepared<C> | undefined = lists[check];
  if (found !== undefined) return found;
  const made = prepare(rules, check);
  Object.assign(lists, { [check]: made });
  return made;
}

function prepare<C extends CheckName>(rules: readonly Rule[], name: C): Prepared<C> {
  const entries = rules.flatMap((rule): readonly Entry<C>[] => {
    const check = rule[name];
    if (check === undefined) return [];
    const { onlyWith, onlyFor, updatesOnly, readsFamilies } = rule;
    return [
      {
        rule,
        check,
        readsFamilies: readsFamilies === true,
        isAlways: onlyWith === undefined && onlyFor === undefined,
        isForUpdates: updatesOnly === true,
        features: (onlyFor ?? []).reduce((bits, feature) => bits | featureBits[feature], 0),
        markedIn: 0,
      },
    ];
  });
  const update = entries.filter(({ isAlways }) => isAlways);
  const byKey = new Map<string, Entry<C>[]>();
  for (const entry of entries) {
    for (const key of entry.rule.onlyWith ?? []) byKey.set(key, [...(byKey.get(key) ?? []), entry]);
  }
  return {
    entries,
    round: 0,
    always: { update, create: update.filter(({ isForUpdates }) => !isForUpdates) },
    byKey,
    families: [...byKey].filter(([key]) => key.endsWith(".")).map(([stem, under]) => ({ stem, entries: under })),
  };
}
