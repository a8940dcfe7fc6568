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
  if (!Array.isArray(entries) || entries.length === 0 || hasFraction(raw)) return undefined;
  const ports = new Map<number, AlbProtocol | undefined>();
  for (const entry of entries as readonly unknown[]) {
    if (entry === null) continue;
    if (typeof entry !== "object" || Array.isArray(entry)) return undefined;
    const inEntry = new Set<number>();
    for (const [protocol, port] of Object.entries(entry) as [string, unknown][]) {
      if (protocol !== "HTTP" && protocol !== "HTTPS") return undefined;
      if (typeof port !== "number" || port < 1 || port > 65_535) return undefined;
      ports.set(port, inEntry.has(port) ? undefined : protocol);
      inEntry.add(port);
    }
  }
  return ports;
}

/** Go reads a number into an integer only where it is written as one: neither 80.0 nor 8e1. */
function hasFraction(json: string): boolean {
  return /\d[.eE]/.test(json.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
}
