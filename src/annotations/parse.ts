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

const noItems: readonly string[] = [];

/** Items between commas, trimmed; empty ones are dropped, so that a list can be present and have no items. */
export function parseList(raw: string): readonly string[] {
  if (raw === "") return noItems;
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

/** A JSON text. undefined: none; Go's encoding/json has the same grammar as JSON.parse. */
export function parseJson(raw: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(raw) as unknown };
  } catch {
    return undefined;
  }
}

export interface IpAddress {
  readonly family: 4 | 6;
  /** The four octets, or the eight groups of 16 bits. */
  readonly groups: readonly number[];
  /** ::ffff:10.0.0.1, in whatever spelling: an IPv6 address to the parser, and in no subnet's range. */
  readonly isMapped: boolean;
  /** fe80::1%eth0: in no subnet's range either. */
  readonly hasZone: boolean;
}

/** Go's netip.ParseAddr: no leading zeros in IPv4, no CIDR. undefined: not an address. */
export function parseIpAddress(raw: string): IpAddress | undefined {
  if (isIpv4(raw)) return { family: 4, groups: raw.split(".").map(Number), isMapped: false, hasZone: false };
  const percent = raw.indexOf("%");
  const zone = percent === -1 ? undefined : raw.slice(percent + 1);
  const groups = zone === "" ? undefined : ipv6Groups(zone === undefined ? raw : raw.slice(0, percent));
  if (groups === undefined) return undefined;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return { family: 6, groups, isMapped, hasZone: zone !== undefined };
}

/** Go's net.ParseCIDR: host bits may be set, and the length may have leading zeros. */
export function isCidr(raw: string): boolean {
  const slash = raw.indexOf("/");
  const address = slash === -1 ? undefined : parseIpAddress(raw.slice(0, slash));
  if (address === undefined || address.hasZone) return false;
  const length = raw.slice(slash + 1);
  return /^\d+$/.test(length) && Number(length) <= (address.family === 4 ? 32 : 128);
}

function isIpv4(text: string): boolean {
  const octet = /^(?:0|[1-9]\d{0,2})$/;
  const octets = text.split(".");
  return octets.length === 4 && octets.every((part) => octet.test(part) && Number(part) <= 255);
}

/** The eight groups of an address without a zone. `::` stands for one of them at least. */
function ipv6Groups(text: string): readonly number[] | undefined {
  const [head = "", tail, ...others] = text.split("::");
  if (others.length > 0) return undefined;
  const before = hexGroups(head, tail === undefined);
  const after = hexGroups(tail ?? "", true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

/** The last two groups of an address may be written as IPv4. */
function hexGroups(text: string, endsAddress: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else if (endsAddress && index === parts.length - 1 && isIpv4(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      return undefined;
    }
  }
  return groups;
}
