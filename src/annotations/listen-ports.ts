import { quote } from "../text/quoting.ts";
import type { JsonShape } from "./entry.ts";
import { firstOf, hasFraction, isObject } from "./json-shape.ts";
import { parseJson } from "./parse.ts";

export type AlbProtocol = "HTTP" | "HTTPS";

/** undefined: one object gives the port both protocols, and the controller takes either, at random. */
export type ListenPorts = ReadonlyMap<number, AlbProtocol | undefined>;

/**
 * The value of alb.ingress.kubernetes.io/listen-ports, `[{"HTTP": 80}, {"HTTPS": 443}]` (model_build_listener.go:230-267).
 * undefined: the controller refuses it.
 */
export function parseListenPorts(raw: string): ListenPorts | undefined {
  const entries = parseJson(raw)?.value;
  if (!Array.isArray(entries) || faultOf(entries, raw) !== undefined) return undefined;
  const ports = new Map<number, AlbProtocol | undefined>();
  for (const entry of entries as readonly (Readonly<Record<AlbProtocol, number>> | null)[]) {
    const inEntry = new Set<number>();
    for (const [protocol, port] of Object.entries(entry ?? {}) as [AlbProtocol, number][]) {
      ports.set(port, inEntry.has(port) ? undefined : protocol);
      inEntry.add(port);
    }
  }
  return ports;
}

export const listenPortsShape: JsonShape = {
  faultOf,
  remedy: 'Write a list such as [{"HTTP": 80}, {"HTTPS": 443}], with plain numbers, or delete the annotation.',
};

function faultOf(value: unknown, raw: string): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return "it is not a list with a port";
  const entries: readonly unknown[] = value;
  return (
    firstOf(entries, (entry) => (entry === null ? undefined : entryFault(entry))) ??
    (hasFraction(raw) ? "a port is not written as an integer" : undefined)
  );
}

function entryFault(entry: unknown): string | undefined {
  if (!isObject(entry)) return "an item is not an object";
  return firstOf(Object.entries(entry) as [string, unknown][], ([protocol, port]) => {
    if (protocol !== "HTTP" && protocol !== "HTTPS") return `${quote(protocol)} is not "HTTP" or "HTTPS"`;
    return typeof port === "number" && port >= 1 && port <= 65_535
      ? undefined
      : `the port of ${protocol} is not a number from 1 to 65535`;
  });
}
