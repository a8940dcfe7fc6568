import type { Rule } from "./rule.ts";
import type { Subject } from "./subject.ts";

/** The rules that may have something to say of a subject, in the order of the list: most need an annotation that few objects have. */
export function rulesFor({ kind, object, old }: Subject, rules: readonly Rule[]): readonly Rule[] {
  let lists = prepared.get(rules);
  if (lists === undefined) {
    lists = { Service: prepare("service", rules), Ingress: prepare("ingress", rules) };
    prepared.set(rules, lists);
  }
  const list = lists[kind];
  const isUpdate = old !== undefined;
  const asked = new Set<number>();
  mark(object.annotations, list, asked);
  if (isUpdate) mark(old.annotations, list, asked);
  if (asked.size === 0) return isUpdate ? list.always.update : list.always.create;
  return list.entries.filter(
    ({ onlyWith, updatesOnly }, index) =>
      (onlyWith === undefined || asked.has(index)) && (isUpdate || updatesOnly !== true),
  );
}

function mark(annotations: Readonly<Record<string, string>>, { byKey, families }: Prepared, asked: Set<number>): void {
  for (const key in annotations) {
    const indexes = byKey.get(key) ?? families.find(({ stem }) => key.startsWith(stem))?.indexes;
    if (indexes === undefined) continue;
    for (const index of indexes) asked.add(index);
  }
}

interface Prepared {
  readonly entries: readonly Rule[];
  /** What is asked of every object, ready for those without any annotation of interest. */
  readonly always: { readonly create: readonly Rule[]; readonly update: readonly Rule[] };
  /** Indexes of the rules that a key brings about. */
  readonly byKey: ReadonlyMap<string, readonly number[]>;
  readonly families: readonly { readonly stem: string; readonly indexes: readonly number[] }[];
}

/** By list, since tests and callers bring lists of their own; a list never changes. */
const prepared = new WeakMap<readonly Rule[], Readonly<Record<Subject["kind"], Prepared>>>();

function prepare(check: "service" | "ingress", rules: readonly Rule[]): Prepared {
  const entries = rules.filter((rule) => rule[check] !== undefined);
  const update = entries.filter(({ onlyWith }) => onlyWith === undefined);
  const byKey = new Map<string, number[]>();
  entries.forEach(({ onlyWith = [] }, index) => {
    for (const key of onlyWith) {
      const indexes = byKey.get(key);
      if (indexes === undefined) byKey.set(key, [index]);
      else indexes.push(index);
    }
  });
  const families = [...byKey].filter(([key]) => key.endsWith(".")).map(([stem, indexes]) => ({ stem, indexes }));
  return {
    entries,
    always: { update, create: update.filter(({ updatesOnly }) => updatesOnly !== true) },
    byKey,
    families,
  };
}
