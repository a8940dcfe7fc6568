import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createSecureContext } from "node:tls";

/** What TLS needs, as PEM, and what has been read from it. */
export interface Certificate {
  /** The leaf first, then its chain. */
  readonly cert: string;
  readonly key: string;
  /** The authority's certificates, where the folder holds them. */
  readonly ca: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What an operator can mend: the message is one sentence that names the file, the fault and the remedy. */
export class UnusableCertificate extends Error {
  override readonly name = "UnusableCertificate";
}

/** Reads and checks tls.crt, tls.key and ca.crt. Throws UnusableCertificate. */
export async function readCertificate(dir: string, names: readonly string[], now: Date): Promise<Certificate> {
  const certFile = join(dir, "tls.crt");
  const keyFile = join(dir, "tls.key");
  // One after the other, so that of several faults the same one is named each time.
  const cert = await read(certFile);
  const key = await read(keyFile);
  const ca = await readOptional(join(dir, "ca.crt"));
  return usableCertificate({ certFile, keyFile, cert, key, ca }, names, now);
}

interface CertificateText {
  /** What messages call the two. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
}

/** Checks that a server can use it now, and for these names. Throws UnusableCertificate. */
export function usableCertificate(
  { certFile, keyFile, cert, key, ca }: CertificateText,
  names: readonly string[],
  now: Date,
): Certificate {
  const leaf = parseCertificate(certFile, cert);
  if (!leaf.checkPrivateKey(parseKey(keyFile, key))) {
    throw new UnusableCertificate(`${keyFile} is not the key of ${certFile}: both must come from the same issuance.`);
  }
  const missing = names.find((name) => leaf.checkHost(name, { subject: "never" }) === undefined);
  if (missing !== undefined) {
    const carried = leaf.subjectAltName ?? "no names at all";
    throw new UnusableCertificate(`${certFile} is for ${carried}: it must carry the DNS name ${missing}.`);
  }
  const certificate = { cert, key, ca, notBefore: leaf.validFromDate, notAfter: leaf.validToDate };
  const fault = certificateFault(certificate, now);
  if (fault !== undefined) throw new UnusableCertificate(`${certFile} does not serve: ${fault}.`);
  refuseWhatTlsRefuses(certFile, certificate);
  return certificate;
}

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Why it does not serve at this moment, or undefined. */
export function certificateFault({ notBefore, notAfter }: Validity, now: Date): string | undefined {
  if (now > notAfter) return `the certificate expired on ${notAfter.toISOString()} and must be renewed`;
  if (now < notBefore)
    return `the certificate is valid only from ${notBefore.toISOString()}: wait until then, or set the clock`;
  return undefined;
}

export function sameCertificate(a: Certificate, b: Certificate): boolean {
  return a.cert === b.cert && a.key === b.key && a.ca === b.ca;
}

async function read(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UnusableCertificate(`${file} cannot be read (${code(error)}): it must be a readable file in PEM form.`, {
      cause: error,
    });
  });
  // Node accepts an empty certificate without a word, and then every handshake fails.
  if (text.trim() === "") throw new UnusableCertificate(`${file} is empty: it must be in PEM form.`);
  return text;
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (code(error) === "ENOENT") return undefined;
    throw new UnusableCertificate(`${file} cannot be read (${code(error)}): make it readable, or delete it.`, {
      cause: error,
    });
  }
}

function parseCertificate(file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new UnusableCertificate(`${file} is not a certificate in PEM form (${code(error)}).`, { cause: error });
  }
}

function parseKey(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new UnusableCertificate(`${file} is not an unencrypted private key in PEM form (${code(error)}).`, {
      cause: error,
    });
  }
}

/** The rest of the chain is parsed here, so that setSecureContext cannot throw later. */
function refuseWhatTlsRefuses(file: string, { cert, key }: Certificate): void {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new UnusableCertificate(
      `${file} cannot be used for TLS (${code(error)}): each certificate in it must be whole.`,
      {
        cause: error,
      },
    );
  }
}

function code(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
