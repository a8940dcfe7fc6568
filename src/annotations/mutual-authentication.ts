import { parseJson } from "./parse.ts";

/** How the listener of one port checks certificates of clients. */
export interface MutualAuthentication {
  readonly mode: "off" | "passthrough" | "verify";
  /** The name or the ARN. */
  readonly trustStore: string | undefined;
  readonly ignoresExpiry: boolean | undefined;
  readonly advertisesTrustStore: string | undefined;
}

/**
 * The value of alb.ingress.kubernetes.io/mutual-authentication, a list of objects with a port each
 * (model_build_listener.go:340-480). undefined: the controller refuses it.
 */
export function parseMutualAuthentication(raw: string): ReadonlyMap<number, MutualAuthentication> | undefined {
  const entries = parseJson(raw)?.value;
  if (!Array.isArray(entries) || entries.length === 0) return undefined;
  const ports = new Map<number, MutualAuthentication>();
  for (const entry of entries as readonly unknown[]) {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return undefined;
    const port = fieldOf(entry, "port");
    const one = mutualAuthentication(entry);
    if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
    if (one === undefined) return undefined;
    ports.set(port, one);
  }
  return ports;
}

function mutualAuthentication(entry: object): MutualAuthentication | undefined {
  const mode = fieldOf(entry, "mode");
  if (mode !== "off" && mode !== "passthrough" && mode !== "verify") return undefined;
  const trustStore = fieldOf(entry, "trustStore") ?? "";
  const ignoresExpiry = fieldOf(entry, "ignoreClientCertificateExpiry");
  const advertisesTrustStore = fieldOf(entry, "advertiseTrustStoreCaNames");
  if (typeof trustStore !== "string") return undefined;
  if (ignoresExpiry !== undefined && typeof ignoresExpiry !== "boolean") return undefined;
  if (advertisesTrustStore !== undefined && typeof advertisesTrustStore !== "string") return undefined;
  if (mode === "verify") {
    if (trustStore === "") return undefined;
    return { mode, trustStore, ignoresExpiry: ignoresExpiry ?? false, advertisesTrustStore };
  }
  if (trustStore !== "" || ignoresExpiry !== undefined) return undefined;
  return { mode, trustStore: undefined, ignoresExpiry: undefined, advertisesTrustStore };
}

/** As Go's decoder has it: names are equal in any case, of several the last counts, and null is nothing. */
function fieldOf(object: object, name: string): unknown {
  const found: unknown = Object.entries(object).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return found ?? undefined;
}
