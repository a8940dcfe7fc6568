/** A CA whose certificates live as briefly as a test asks for. */
import { webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";

export interface Authority {
  readonly caPem: string;
  /** A pair for the webhook's Service that expires so many seconds from now. */
  issue(seconds: number): Promise<{ readonly cert: string; readonly key: string }>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const hour = 3_600_000;

export async function newAuthority(): Promise<Authority> {
  // The library looks for its metadata when it is loaded.
  await import("reflect-metadata");
  const x509: typeof X509 = await import("@peculiar/x509");
  const keys = await newKeys();
  const name = "CN=a test's authority";
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + hour),
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    caPem: ca.toString("pem"),
    async issue(seconds) {
      const own = await newKeys();
      const cert = await x509.X509CertificateGenerator.create({
        subject: "CN=dualstack-webhook",
        issuer: name,
        signingKey: keys.privateKey,
        publicKey: own.publicKey,
        signingAlgorithm: algorithm,
        notBefore: new Date(Date.now() - hour),
        notAfter: new Date(Date.now() + seconds * 1000),
        extensions: [
          new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "dualstack-webhook.dualstack-system.svc" }]),
        ],
      });
      return { cert: cert.toString("pem"), key: await pemOf(own.privateKey) };
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return `-----BEGIN PRIVATE KEY-----\n${bytes.toString("base64")}\n-----END PRIVATE KEY-----\n`;
}
