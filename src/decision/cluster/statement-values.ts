/** Values of annotations as the controller compares them: equal texts are equal values, undefined states nothing or is refused. */
import { isCidr, parseBool, parseInteger, parseList, parseMap } from "../../annotations/parse.ts";

/** The empty text is a value like any other. */
export function asWritten(raw: string): string {
  return raw;
}

export function filled(raw: string | undefined): string | undefined {
  return raw === "" ? undefined : raw;
}

export function isFilled(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

export function flag(raw: string): string | undefined {
  return parseBool(raw)?.toString();
}

export function integer(raw: string): string | undefined {
  return parseInteger(raw, 32)?.toString();
}

/** Present, a list counts, even if it names nothing. */
export function inOrder(raw: string): string {
  return JSON.stringify(parseList(raw));
}

export function inAnyOrder(raw: string): string {
  return JSON.stringify(parseList(raw).toSorted());
}

/** A set without items states nothing. */
export function aSet(raw: string): string | undefined {
  const items = parseList(raw);
  return items.length === 0 ? undefined : setOf(items);
}

export function cidrs(raw: string): string | undefined {
  const items = parseList(raw);
  return items.length > 0 && items.every(isCidr) ? setOf(items) : undefined;
}

export function setOf(items: readonly string[]): string {
  return JSON.stringify([...new Set(items)].toSorted());
}

export function wholeMap(raw: string): string | undefined {
  const map = parseMap(raw);
  return map && JSON.stringify([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function healthCheckPort(raw: string): string | undefined {
  return raw === "traffic-port" ? raw : integer(raw);
}

export function protocolOf(raw: string): string | undefined {
  return raw === "HTTP" || raw === "HTTPS" ? raw : undefined;
}

export function listOf(raw: string | undefined): readonly string[] {
  return raw === undefined ? noItems : parseList(raw);
}

const noItems: readonly string[] = [];

export function hasItems(items: readonly string[] | undefined): boolean {
  return items !== undefined && items.length > 0;
}
