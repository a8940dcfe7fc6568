import type { ParsedText, Path } from "./parsed-text.ts";

/**
 * Reads one JSON value, or returns undefined where the text is not JSON. Apart from YAML, of which JSON is a subset, since
 * a dump of a cluster would take a hundred times as long that way.
 */
export function parseJson(text: string): ParsedText | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const start = text.search(/\S/);
  const lineAt = lineCounter(text);
  const childrenOf = childrenReader(text);
  const problems = duplicateKeys(text, start).map(({ key, at }) => ({
    line: lineAt(at),
    message: `the key ${JSON.stringify(key)} stands twice in one object: remove one.`,
  }));
  return { values: [{ value, lineOf: (path) => lineAt(offsetOf(childrenOf, start, path)) }], problems };
}

function lineCounter(text: string): (offset: number) => number {
  let lineStarts: readonly number[] | undefined;
  return (offset) => {
    lineStarts ??= [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
    let [low, high] = [0, lineStarts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((lineStarts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

interface Member {
  readonly key: string | number;
  /** Offset of the key, or of the item of a list. */
  readonly at: number;
  readonly value: number;
}

function offsetOf(childrenOf: (container: number) => Children, start: number, path: Path): number {
  let container = start;
  let found = start;
  for (const step of path) {
    const member = childrenOf(container).get(step);
    if (member === undefined) break;
    found = member.at;
    container = member.value;
  }
  return found;
}

type Children = ReadonlyMap<string | number, Member>;

/** Each container is walked once: a list of thousands of objects is asked for the line of every one. */
function childrenReader(text: string): (container: number) => Children {
  const read = new Map<number, Children>();
  return (container) => {
    const known = read.get(container);
    if (known !== undefined) return known;
    const members = new Map<string | number, Member>();
    walk(text, container, (depth, member) => {
      if (depth === 1 && !members.has(member.key)) members.set(member.key, member);
    });
    read.set(container, members);
    return members;
  };
}

function duplicateKeys(text: string, start: number): readonly { readonly key: string; readonly at: number }[] {
  const duplicates: { key: string; at: number }[] = [];
  const seen: { container: number; keys: Set<string | number> }[] = [];
  walk(text, start, (depth, { key, at }, container) => {
    if (typeof key === "number") return;
    const known = seen[depth];
    const keys = known?.container === container ? known.keys : new Set<string | number>();
    if (keys.has(key)) duplicates.push({ key, at });
    seen[depth] = { container, keys: keys.add(key) };
  });
  return duplicates;
}

/** Visits every member below the object or list at `start`, in order; nothing where a scalar stands. The text is valid JSON. */
function walk(text: string, start: number, visit: (depth: number, member: Member, container: number) => void): void {
  const open: { readonly at: number; readonly isList: boolean; next: number }[] = [];
  let key: { readonly text: string; readonly at: number } | undefined;
  let at = start;
  while (at < text.length) {
    const letter = text[at] ?? "";
    if (/[\s,:]/.test(letter)) {
      at += 1;
      continue;
    }
    const inside = open.at(-1);
    if (letter === "}" || letter === "]") {
      open.pop();
      if (open.length === 0) return;
      at += 1;
      continue;
    }
    const end = letter === '"' ? endOfString(text, at) : /[[{]/.test(letter) ? at + 1 : endOfScalar(text, at);
    if (inside !== undefined && !inside.isList && key === undefined) {
      key = { text: String(JSON.parse(text.slice(at, end))), at };
      at = end;
      continue;
    }
    if (inside !== undefined) {
      const member = { key: key?.text ?? inside.next, at: key?.at ?? at, value: at };
      inside.next += 1;
      visit(open.length, member, inside.at);
    }
    key = undefined;
    if (letter === "{" || letter === "[") open.push({ at, isList: letter === "[", next: 0 });
    else if (inside === undefined) return;
    at = end;
  }
}

function endOfString(text: string, quote: number): number {
  let end = text.indexOf('"', quote + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

function endOfScalar(text: string, at: number): number {
  const rest = /[\s,\]}]/g;
  rest.lastIndex = at;
  return rest.exec(text)?.index ?? text.length;
}
