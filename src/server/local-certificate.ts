import { X509Certificate } from "node:crypto";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Certificate } from "./certificate-files.ts";
import { issue } from "./issuance.ts";

export interface LocalCertificate extends Certificate {
  readonly ca: string;
  /** Where the authority's certificate has been written, for clients to trust. */
  readonly caFile: string;
}

/** Longer than any local session; macOS and Go accept up to 825 days. */
const validMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Makes a throwaway authority and a certificate for localhost. Its keys never touch the disk, and the authority's key is
 * forgotten at once. Only ca.crt is written, into `dir` or a new temporary folder.
 */
export async function createLocalCertificate(dir?: string): Promise<LocalCertificate> {
  const { authority, leaf } = await issue({
    authority: { commonName: "dualstack-webhook throwaway CA", validMs },
    leaf: { commonName: "localhost", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"], validMs },
    now: Date.now(),
  });
  if (leaf === undefined) throw new Error("no certificate was made");
  const { validFromDate: notBefore, validToDate: notAfter } = new X509Certificate(leaf.cert);
  return { ...leaf, ca: authority.cert, caFile: await writeAuthority(authority.cert, dir), notBefore, notAfter };
}

async function writeAuthority(pem: string, dir: string | undefined): Promise<string> {
  const caFile = join(dir ?? (await mkdtemp(join(tmpdir(), "dualstack-webhook-"))), "ca.crt");
  await writeFile(caFile, pem);
  await chmod(caFile, 0o644);
  return caFile;
}
