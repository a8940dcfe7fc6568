import type { JsonShape } from "./entry.ts";
import { firstOf, hasFraction, isInteger, isObject, member } from "./json-shape.ts";
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
  if (!Array.isArray(entries) || faultOf(entries, raw) !== undefined) return undefined;
  const ports = new Map<number, MutualAuthentication>();
  for (const entry of entries as readonly unknown[]) {
    const read = readEntry(entry);
    if (typeof read !== "string") ports.set(read.port, read.authentication);
  }
  return ports;
}

export const mutualAuthenticationShape: JsonShape = {
  faultOf,
  remedy:
    'Write a list such as [{"port": 443, "mode": "verify", "trustStore": "…"}], where only "verify" has more than a port and a mode, or delete the annotation.',
};

function faultOf(value: unknown, raw: string): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return "it is not a list with an object for each port";
  const fault = firstOf(value as readonly unknown[], (entry) => {
    const read = readEntry(entry);
    return typeof read === "string" ? read : undefined;
  });
  return fault ?? (hasFraction(raw) ? "a port is not written as an integer" : undefined);
}

interface Entry {
  readonly port: number;
  readonly authentication: MutualAuthentication;
}

/** A text tells what is wrong. */
function readEntry(entry: unknown): Entry | string {
  if (!isObject(entry)) return "it is not a list with an object for each port";
  const port = member(entry, "port");
  if (!isInteger(port) || port < 1 || port > 65_535) return "a port is not a number from 1 to 65535";
  const authentication = readAuthentication(entry);
  return typeof authentication === "string" ? authentication : { port, authentication };
}

function readAuthentication(entry: object): MutualAuthentication | string {
  const mode = member(entry, "mode");
  if (mode !== "off" && mode !== "passthrough" && mode !== "verify") {
    return 'a mode is not "off", "passthrough" or "verify"';
  }
  const trustStore = member(entry, "trustStore") ?? "";
  const ignoresExpiry = member(entry, "ignoreClientCertificateExpiry");
  const advertisesTrustStore = member(entry, "advertiseTrustStoreCaNames");
  if (typeof trustStore !== "string") return "a trustStore is not a text";
  if (ignoresExpiry !== undefined && typeof ignoresExpiry !== "boolean") {
    return "ignoreClientCertificateExpiry is not true or false";
  }
  if (advertisesTrustStore !== undefined && typeof advertisesTrustStore !== "string") {
    return "advertiseTrustStoreCaNames is not a text";
  }
  if (mode === "verify") {
    if (trustStore === "") return 'the mode "verify" needs a trustStore';
    if (advertisesTrustStore !== undefined && advertisesTrustStore !== "on" && advertisesTrustStore !== "off") {
      return 'advertiseTrustStoreCaNames is not "on" or "off"';
    }
    return { mode, trustStore, ignoresExpiry: ignoresExpiry ?? false, advertisesTrustStore };
  }
  if (trustStore !== "") return `the mode "${mode}" has a trustStore`;
  if (ignoresExpiry !== undefined) return `the mode "${mode}" has ignoreClientCertificateExpiry`;
  if (advertisesTrustStore !== undefined) return `the mode "${mode}" has advertiseTrustStoreCaNames`;
  return { mode, trustStore: undefined, ignoresExpiry, advertisesTrustStore };
}
