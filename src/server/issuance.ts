import { spawn } from "node:child_process";
import { webcrypto, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { json, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type * as X509 from "@peculiar/x509";

/** What is to be made, of ECDSA keys on P-256. */
export interface IssueRequest {
  /** The authority that signs, or how to make one. */
  readonly authority: Pair | NewAuthority;
  /** undefined: the authority alone. */
  readonly leaf: NewLeaf | undefined;
  /** Milliseconds since 1970, from where both count. */
  readonly now: number;
}

interface NewAuthority {
  readonly commonName: string;
  readonly validMs: number;
}

export interface NewLeaf {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** It ends with its authority where that ends sooner. */
  readonly validMs: number;
}

/** A certificate and its key, as PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Issued {
  readonly authority: Pair;
  readonly leaf: Pair | undefined;
}

export type Issue = (request: IssueRequest) => Promise<Issued>;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** A client may be a little behind. */
const clockSkewMs = 5 * 60 * 1000;
const file = fileURLToPath(import.meta.url);

/**
 * Makes keys and certificates in a process of its own, whose end gives back the 20 MiB that the library takes. Keys go through
 * pipes. Ctrl-C is for us alone, hence `detached`; and what this process was told by NODE_OPTIONS is none of the other's business.
 */
export const issue: Issue = async (request) => {
  const child = spawn(process.execPath, [file], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  // A child that could not start reads nothing.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(request));
  const [stdout] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error("the certificate could not be made");
  return JSON.parse(stdout) as Issued;
};

if (process.argv[1] === file) {
  process.stdout.write(JSON.stringify(await issueHere((await json(process.stdin)) as IssueRequest)));
}

/** The same in this process, which keeps what the library takes. */
export async function issueHere({ authority: asked, leaf, now }: IssueRequest): Promise<Issued> {
  const x509 = await importX509();
  const authority = "cert" in asked ? asked : await makeAuthority(x509, asked, now);
  return { authority, leaf: leaf && (await makeLeaf(x509, authority, leaf, now)) };
}

async function makeAuthority(x509: typeof X509, { commonName, validMs }: NewAuthority, now: number): Promise<Pair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      notBefore: new Date(now - clockSkewMs),
      notAfter: new Date(now + validMs),
      name: [{ CN: [commonName] }],
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: `${certificate.toString("pem")}\n`, key: await privateKeyPem(keys.privateKey) };
}

async function makeLeaf(
  x509: typeof X509,
  authority: Pair,
  { commonName, dnsNames, ipAddresses, validMs }: NewLeaf,
  now: number,
): Promise<Pair> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(authority.cert);
  const end = Math.min(now + validMs, new X509Certificate(authority.cert).validToDate.getTime());
  const names = [
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      notBefore: new Date(now - clockSkewMs),
      notAfter: new Date(end),
      subject: [{ CN: [commonName] }],
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey: await signingKey(authority.key),
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: `${certificate.toString("pem")}\n`, key: await privateKeyPem(keys.privateKey) };
}

/** Imported only here: the library costs a tenth of a second. */
async function importX509(): Promise<typeof X509> {
  // The library's dependency container refuses to load without this polyfill.
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}/g, "$&\n").trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

async function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}
