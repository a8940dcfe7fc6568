import { createPrivateKey, X509Certificate } from "node:crypto";
import { asObject } from "../../kubernetes/list.ts";
import type { Raw } from "../../kubernetes/list.ts";
import { certificateFault, usableCertificate } from "../certificate-files.ts";
import type { Certificate } from "../certificate-files.ts";
import type { Pair } from "../issuance.ts";
import { certificatesIn, isSignedBy } from "./pem.ts";

/** What stands in the Secret of a self-managed certificate. */
export type Content =
  | { readonly outcome: "empty" }
  /** Somebody else's: nothing of it is used, and nothing is overwritten. */
  | { readonly outcome: "foreign"; readonly problem: string }
  | { readonly outcome: "ours"; readonly kept: Kept };

export interface Kept {
  /** What signs the next leaf. undefined: unusable, as one of the faults says. */
  readonly authority: Authority | undefined;
  /** What is served. undefined: unusable, as one of the faults says. */
  readonly leaf: SignedCertificate | undefined;
  /** Authorities of before, whose leaves some replica may still serve. */
  readonly retired: readonly string[];
  /** Milliseconds since 1970: from then on nobody serves such a leaf. */
  readonly retiredUntil: number | undefined;
  /** All authorities that a client has to trust, the newest first: also one that cannot sign any more. */
  readonly trusted: readonly string[];
  readonly faults: readonly string[];
}

export interface SignedCertificate extends Certificate {
  /** The authority's certificate. */
  readonly signedBy: string;
}

interface Authority extends Pair {
  readonly notAfter: Date;
}

/** What is written. */
export interface NewContent {
  readonly authority: Pair;
  readonly leaf: Pair;
  readonly retired: readonly string[];
  readonly retiredUntil: number | undefined;
}

const knownKeys = ["ca.crt", "ca.key", "tls.crt", "tls.key", "retired.crt", "retired-until"];
/** Years apart as they are made, more than these can only be somebody's play; the bundle has to stay small. */
const mostRetired = 8;

export function readContent(secret: Raw, names: readonly string[], now: Date): Content {
  const data = dataOf(secret);
  if (data.size === 0) return { outcome: "empty" };
  const foreign = foreignness(secret, data);
  if (foreign !== undefined) return { outcome: "foreign", problem: foreign };
  const faults: string[] = [];
  const kept = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const text = (key: string): string => data.get(key) ?? "";
  const authority = kept(() => readAuthority(text("ca.crt"), text("ca.key"), now));
  const retired = certificatesIn(text("retired.crt")).slice(0, mostRetired);
  const trusted = [...new Set([...certificatesIn(text("ca.crt")).slice(0, 1), ...retired])];
  const leaf = kept(() => readLeaf(text("tls.crt"), text("tls.key"), { trusted, names, now }));
  const until = Date.parse(text("retired-until"));
  const retiredUntil = Number.isNaN(until) ? undefined : until;
  return { outcome: "ours", kept: { authority, leaf, retired, retiredUntil, trusted, faults } };
}

export function dataFor({ authority, leaf, retired, retiredUntil }: NewContent): Readonly<Record<string, string>> {
  const texts = {
    "ca.crt": authority.cert,
    "ca.key": authority.key,
    "tls.crt": leaf.cert,
    "tls.key": leaf.key,
    ...(retired.length === 0 || retiredUntil === undefined
      ? {}
      : {
          "retired.crt": retired.slice(0, mostRetired).join(""),
          "retired-until": new Date(retiredUntil).toISOString(),
        }),
  };
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));
}

/** Decoded; what is empty is not there. */
function dataOf(secret: Raw): ReadonlyMap<string, string> {
  const entries = Object.entries(asObject(secret["data"] ?? {}, "the Secret's data"));
  const texts = entries.map(([key, value]) => [key, Buffer.from(String(value), "base64").toString("utf8")] as const);
  return new Map(texts.filter(([, text]) => text.trim() !== ""));
}

function foreignness(secret: Raw, data: ReadonlyMap<string, string>): string | undefined {
  const unknown = [...data.keys()].filter((key) => !knownKeys.includes(key));
  if (unknown.length > 0) return `it holds ${unknown.toSorted().join(", ")}, which this program did not write`;
  const type = secret["type"] ?? "Opaque";
  if (type !== "Opaque") return `its type is ${JSON.stringify(type)}, not Opaque`;
  const annotations = asObject(asObject(secret["metadata"], "metadata")["annotations"] ?? {}, "annotations");
  const others = Object.keys(annotations).find((key) => key.startsWith("cert-manager.io/"));
  return others === undefined ? undefined : `cert-manager keeps it (annotation ${others})`;
}

function readAuthority(cert: string, key: string, now: Date): Authority {
  if (cert === "" || key === "") throw new Error(`${cert === "" ? "ca.crt" : "ca.key"} is missing.`);
  const certificate = parsed("ca.crt", () => new X509Certificate(cert));
  const privateKey = parsed("ca.key", () => createPrivateKey(key));
  if (!certificate.ca) throw new Error("ca.crt is not the certificate of a CA.");
  if (!certificate.checkPrivateKey(privateKey)) throw new Error("ca.key is not the key of ca.crt.");
  if (privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw new Error("ca.key is not a key on P-256.");
  const validity = { notBefore: certificate.validFromDate, notAfter: certificate.validToDate };
  const fault = certificateFault(validity, now);
  if (fault !== undefined) throw new Error(`ca.crt does not serve: ${fault}.`);
  return { cert: certificate.toString(), key, notAfter: validity.notAfter };
}

interface LeafDemands {
  readonly trusted: readonly string[];
  readonly names: readonly string[];
  readonly now: Date;
}

function readLeaf(cert: string, key: string, { trusted, names, now }: LeafDemands): SignedCertificate {
  if (cert === "" || key === "") throw new Error(`${cert === "" ? "tls.crt" : "tls.key"} is missing.`);
  const text = { certFile: "tls.crt", keyFile: "tls.key", cert, key, ca: undefined };
  const leaf = usableCertificate(text, names, now);
  const signedBy = trusted.find((authority) => isSignedBy(cert, authority));
  if (signedBy === undefined) throw new Error("tls.crt is signed by no CA that stands beside it.");
  return { ...leaf, signedBy };
}

/** What Node says of a key that it cannot read is not repeated: nothing of a key goes into a log. */
function parsed<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new Error(`${file} cannot be read as PEM.`);
  }
}
