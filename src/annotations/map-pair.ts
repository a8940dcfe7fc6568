import { parseMap } from "./parse.ts";

/** One `key=value` of a map annotation. */
interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Switches proxy protocol on for all ports, for the controllers that read target group attributes. */
export const proxyProtocolPair: Pair = { key: "proxy_protocol_v2.enabled", value: "true" };

/**
 * A map annotation with one pair more, behind those that the author wrote, which keep their text, order and meaning.
 * undefined: no text does that for certain, or an empty one stands there, which is a word of the author's, too.
 */
export function withPair(raw: string | undefined, { key, value }: Pair): string | undefined {
  const text = `${key}=${value}`;
  if (raw === undefined) return text;
  const written = raw.trimEnd();
  // The EKS user guide shows lines where the controller that we know reads one long value: nobody can say what this one reads.
  if (/[\r\n]/.test(written)) return undefined;
  const before = parseMap(raw);
  if (before === undefined) return undefined;
  const merged = `${written},${text}${raw.slice(written.length)}`;
  const after = [...(parseMap(merged) ?? [])];
  const expected = [...before, [key, value] as const];
  const isFaithful =
    after.length === expected.length &&
    expected.every(([name, is], index) => after[index]?.[0] === name && after[index]?.[1] === is);
  return isFaithful ? merged : undefined;
}

/** Whether the text is one that `withPair` makes: with this pair alone, or at the end. */
export function endsWithPair(raw: string, pair: Pair): boolean {
  const text = `${pair.key}=${pair.value}`;
  const written = raw.trimEnd();
  return raw === text || (written.endsWith(`,${text}`) && withPair(withoutEnd(raw, written, `,${text}`), pair) === raw);
}

function withoutEnd(raw: string, written: string, end: string): string {
  return written.slice(0, -end.length) + raw.slice(written.length);
}

/** The value of a key, of a map annotation that is there and can be read. */
export function pairValue(raw: string | undefined, key: string): string | undefined {
  return raw === undefined ? undefined : parseMap(raw)?.get(key);
}
