/**
 * The AWS Load Balancer Controller's grammar of annotation values, to the letter (pkg/annotations/parser.go), because a
 * reading that is kinder or stricter than the controller's own would pass what fails or refuse what works.
 * Strings need no function: they are used as written, neither trimmed nor folded, and an empty one is a value.
 */

const words: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((word) => [word, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((word) => [word, false] as const),
]);

/** Go's strconv.ParseBool. undefined: not one of its twelve words. */
export function parseBool(raw: string): boolean | undefined {
  return words.get(raw);
}

/** Digits of the largest 64-bit number; more are out of range, and never worth a conversion. */
const longestInteger = 19;

/**
 * Go's strconv.ParseInt with base 10. undefined: not an integer, or out of range.
 * A 64-bit result beyond 2^53 is rounded; no annotation has a use for one.
 */
export function parseInteger(raw: string, bits: 32 | 64): number | undefined {
  if (!/^[+-]?\d+$/.test(raw)) return undefined;
  const digits = raw.replace(/^[+-]?0*(?=\d)/, "");
  if (digits.length > longestInteger) return undefined;
  const value = raw.startsWith("-") ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(bits, value) === value ? Number(value) : undefined;
}

/** Items between commas, trimmed; empty ones are dropped, so that a list can be present and have no items. */
export function parseList(raw: string): readonly string[] {
  return raw
    .split(",")
    .map(trimSpace)
    .filter((item) => item !== "");
}

/**
 * Pairs of `key=value` between commas; of equal keys the last wins. undefined: an item has no `=` or no key.
 * A backslash takes the next character as it is. A comma that ends the text separates nothing: it belongs to the last value.
 */
export function parseMap(raw: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const item of mapItems(raw)) {
    const equals = item.indexOf("=");
    const key = equals === -1 ? "" : trimSpace(item.slice(0, equals));
    if (key === "") return undefined;
    pairs.set(key, trimSpace(item.slice(equals + 1)));
  }
  return pairs;
}

/** Splits before anything looks at `=`, as the controller does (parser.go:217-253): an item may turn out to be no pair. */
function mapItems(raw: string): readonly string[] {
  const items: string[] = [];
  const textEnd = endOfText(raw);
  let item = "";
  for (let at = 0; at < raw.length; at += 1) {
    if (raw[at] === "\\" && at + 1 < raw.length) {
      at += 1;
    } else if (raw[at] === "," && at + 1 < textEnd) {
      items.push(item);
      item = "";
      continue;
    }
    item += raw.charAt(at);
  }
  return item === "" ? items : [...items, item];
}

/** Go's unicode.IsSpace. JavaScript's trim() knows no U+0085, and takes U+FEFF for a space. */
const spaces: ReadonlySet<string> = new Set(
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

/** Loops, not a pattern: an unanchored `\s+$` takes quadratic time on a long run of spaces. */
function trimSpace(text: string): string {
  const end = endOfText(text);
  let start = 0;
  while (start < end && spaces.has(text.charAt(start))) start += 1;
  return text.slice(start, end);
}

function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && spaces.has(text.charAt(end - 1))) end -= 1;
  return end;
}
