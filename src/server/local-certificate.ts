import { spawn } from "node:child_process";
import { webcrypto, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type * as X509 from "@peculiar/x509";
import type { Certificate } from "./certificate-files.ts";

export interface LocalCertificate extends Certificate {
  readonly ca: string;
  /** Where the authority's certificate has been written, for clients to trust. */
  readonly caFile: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 24 * 60 * 60 * 1000;
/** Longer than any local session; macOS and Go accept up to 825 days. */
const validMs = 30 * dayMs;
/** A client in a virtual machine may be a little behind. */
const clockSkewMs = 5 * 60 * 1000;

/**
 * Makes a throwaway authority and a certificate for localhost. Its keys never touch the disk, and the authority's key is
 * forgotten at once. Only ca.crt is written, into `dir` or a new temporary folder.
 */
export async function createLocalCertificate(dir?: string): Promise<LocalCertificate> {
  const { cert, key, ca } = await inChild();
  const { validFromDate: notBefore, validToDate: notAfter } = new X509Certificate(cert);
  return { cert, key, ca, caFile: await writeAuthority(ca, dir), notBefore, notAfter };
}

interface Pems {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

const file = fileURLToPath(import.meta.url);

/**
 * In a process of its own, whose end gives back the 20 MiB that the library takes. The key comes through a pipe. Ctrl-C is for
 * us alone, hence `detached`; and what this process was told by NODE_OPTIONS is none of the other's business.
 */
async function inChild(): Promise<Pems> {
  const child = spawn(process.execPath, [file], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const [stdout] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error("the throwaway certificate could not be made");
  return JSON.parse(stdout) as Pems;
}

if (process.argv[1] === file) process.stdout.write(JSON.stringify(await makePems()));

async function makePems(): Promise<Pems> {
  const x509 = await importX509();
  const [authority, own] = await Promise.all([newKeys(false), newKeys(true)]);
  const now = Date.now();
  const validity = { notBefore: new Date(now - clockSkewMs), notAfter: new Date(now + validMs) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      name: "CN=dualstack-webhook throwaway CA",
      keys: authority,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(authority.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const leaf = await x509.X509CertificateGenerator.create(
    {
      ...validity,
      subject: "CN=localhost",
      issuer: ca.subject,
      publicKey: own.publicKey,
      signingKey: authority.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: "dns", value: "localhost" },
          { type: "ip", value: "127.0.0.1" },
          { type: "ip", value: "::1" },
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: leaf.toString("pem"), key: await privateKeyPem(own.privateKey), ca: ca.toString("pem") };
}

/** Imported only here: the library costs a tenth of a second, and a cluster never needs it. */
async function importX509(): Promise<typeof X509> {
  // The library's dependency container refuses to load without this polyfill.
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

async function newKeys(extractable: boolean): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, extractable, ["sign", "verify"]);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}/g, "$&\n").trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

async function writeAuthority(pem: string, dir: string | undefined): Promise<string> {
  const caFile = join(dir ?? (await mkdtemp(join(tmpdir(), "dualstack-webhook-"))), "ca.crt");
  await writeFile(caFile, `${pem}\n`);
  await chmod(caFile, 0o644);
  return caFile;
}
