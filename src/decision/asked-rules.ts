import { featureBits } from "./features.ts";
import type { CheckName, Rule } from "./rule.ts";
import type { Annotations } from "./subject.ts";

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
  const { entries, always, updatesOnly, set } = list;
  for (let word = 0; word < set.length; word += 1) set[word] = always[word] ?? 0;
  addKeys(annotations, list);
  if (stored !== undefined) addKeys(stored, list);
  for (const { bit, rules: those } of list.byFeature) if ((features & bit) !== 0) add(set, those);
  const asked: AskedRule<C>[] = [];
  for (let word = 0; word < set.length; word += 1) {
    let left = stored === undefined ? (set[word] ?? 0) & ~(updatesOnly[word] ?? 0) : (set[word] ?? 0);
    while (left !== 0) {
      const entry = entries[word * wordBits + lowestBit(left)];
      if (entry !== undefined) asked.push(entry);
      left &= left - 1;
    }
  }
  return asked;
}

/** Adds the rules that annotations bring about. */
function addKeys<C extends CheckName>(annotations: Annotations, { set, byKey, families }: Prepared<C>): void {
  for (const key in annotations) {
    const exact = byKey.get(key);
    if (exact !== undefined) add(set, exact);
    for (const { stem, rules } of families) if (key.startsWith(stem)) add(set, rules);
  }
}

/** A set of rules of a list: a bit for each. */
type RuleSet = Int32Array;
const wordBits = 32;

function add(set: RuleSet, others: RuleSet): void {
  for (let word = 0; word < set.length; word += 1) set[word] = (set[word] ?? 0) | (others[word] ?? 0);
}

function lowestBit(word: number): number {
  return wordBits - 1 - Math.clz32(word & -word);
}

interface Prepared<C extends CheckName> {
  readonly entries: readonly AskedRule<C>[];
  /** Asked of every object. */
  readonly always: RuleSet;
  readonly updatesOnly: RuleSet;
  readonly byKey: ReadonlyMap<string, RuleSet>;
  readonly families: readonly { readonly stem: string; readonly rules: RuleSet }[];
  readonly byFeature: readonly { readonly bit: number; readonly rules: RuleSet }[];
  /** For one call at a time: none is made anew. */
  readonly set: RuleSet;
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
  const entries = rules.flatMap((rule): readonly AskedRule<C>[] => {
    const check = rule[name];
    return check === undefined ? [] : [{ rule, check, readsFamilies: rule.readsFamilies === true }];
  });
  const setOf = (belongs: (rule: Rule) => boolean): RuleSet => {
    const set = new Int32Array(Math.ceil(entries.length / wordBits));
    entries.forEach(({ rule }, index) => {
      const word = Math.floor(index / wordBits);
      if (belongs(rule)) set[word] = (set[word] ?? 0) | (1 << (index % wordBits));
    });
    return set;
  };
  const featuresOf = ({ onlyFor }: Rule) => (name === "service" ? onlyFor : undefined);
  const keys = new Set(entries.flatMap(({ rule }) => keysOf(rule, name) ?? []));
  const setsOf = (some: readonly string[]) =>
    some.map((key) => [key, setOf((rule) => keysOf(rule, name)?.includes(key) === true)] as const);
  return {
    entries,
    always: setOf((rule) => keysOf(rule, name) === undefined && featuresOf(rule) === undefined),
    updatesOnly: setOf(({ updatesOnly }) => updatesOnly === true),
    byKey: new Map(setsOf([...keys].filter((key) => !isFamily(key)))),
    families: setsOf([...keys].filter(isFamily)).map(([stem, those]) => ({ stem, rules: those })),
    byFeature: Object.entries(featureBits)
      .map(([feature, bit]) => ({
        bit,
        rules: setOf((rule) => featuresOf(rule)?.some((each) => each === feature) === true),
      }))
      .filter(({ rules: those }) => those.some((word) => word !== 0)),
    set: setOf(() => false),
  };
}

function keysOf({ onlyWith }: Rule, name: CheckName): readonly string[] | undefined {
  return onlyWith === undefined || "length" in onlyWith ? onlyWith : onlyWith[name];
}

function isFamily(key: string): boolean {
  return /[./-]$/.test(key);
}
