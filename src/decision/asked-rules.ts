import type { Rule } from "./rule.ts";
import type { Subject } from "./subject.ts";

/** The rules that may have something to say of a subject, in the order of the list: most need an annotation that few objects have. */
export function rulesFor({ kind, object, old }: Subject, rules: readonly Rule[]): readonly Rule[] {
  let lists = prepared.get(rules);
  if (lists === undefined) {
    lists = { Service: prepare("service", rules), Ingress: prepare("ingress", rules) };
    prepared.set(rules, lists);
  }
  const { entries, byKey, families } = lists[kind];
  const asked = new Uint8Array(entries.length);
  const mark = (annotations: Readonly<Record<string, string>>): void => {
    for (const key in annotations) {
      for (const index of byKey.get(key) ?? familyOf(key, families)) asked[index] = 1;
    }
  };
  mark(object.annotations);
  if (old !== undefined) mark(old.annotations);
  const isUpdate = old !== undefined;
  return entries.flatMap(({ rule, always }, index) =>
    (always || asked[index] === 1) && (isUpdate || rule.updatesOnly !== true) ? [rule] : [],
  );
}

interface Prepared {
  readonly entries: readonly { readonly rule: Rule; readonly always: boolean }[];
  /** Indexes of the rules that a key brings about. */
  readonly byKey: ReadonlyMap<string, readonly number[]>;
  readonly families: readonly { readonly stem: string; readonly indexes: readonly number[] }[];
}

/** By list, since tests and callers bring lists of their own; a list never changes. */
const prepared = new WeakMap<readonly Rule[], Readonly<Record<Subject["kind"], Prepared>>>();

function prepare(check: "service" | "ingress", rules: readonly Rule[]): Prepared {
  const entries = rules
    .filter((rule) => rule[check] !== undefined)
    .map((rule) => ({ rule, always: rule.onlyWith === undefined }));
  const byKey = new Map<string, number[]>();
  entries.forEach(({ rule }, index) => {
    for (const key of rule.onlyWith ?? []) {
      const indexes = byKey.get(key) ?? [];
      indexes.push(index);
      byKey.set(key, indexes);
    }
  });
  const families = [...byKey].filter(([key]) => key.endsWith(".")).map(([stem, indexes]) => ({ stem, indexes }));
  return { entries, byKey, families };
}

function familyOf(key: string, families: Prepared["families"]): readonly number[] {
  return families.find(({ stem }) => key.startsWith(stem))?.indexes ?? none;
}

const none: readonly number[] = [];
