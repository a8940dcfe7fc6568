import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalCertificate, type LocalCertificate } from "../../src/server/local-certificate.ts";

let certificate: LocalCertificate;

beforeAll(async () => {
  certificate = await createLocalCertificate();
});

afterAll(async () => {
  await rm(dirname(certificate.caFile), { recursive: true });
});

test.each(["localhost", "127.0.0.1", "[::1]"])(
  "a client that trusts the authority reaches https://%s",
  async (host) => {
    const { cert, key, ca } = certificate;
    const server = createServer({ cert, key, minVersion: "TLSv1.3" }, (_, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, host === "[::1]" ? "::1" : "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await fetchText(`https://${host}:${port}/`, ca)).toBe("hello");
    await expect(fetchText(`https://${host}:${port}/`, undefined)).rejects.toThrow(/certificate/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
);

test("it is for these three names and no others", () => {
  const leaf = new X509Certificate(certificate.cert);
  expect(leaf.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
  expect(leaf.ca).toBe(false);
  expect(leaf.verify(new X509Certificate(certificate.ca).publicKey)).toBe(true);
});

test("it is valid from a little before now, for thirty days", () => {
  const minutes = (date: Date): number => Math.round((date.getTime() - Date.now()) / 60_000);
  expect(minutes(certificate.notBefore)).toBe(-5);
  expect(minutes(certificate.notAfter)).toBe(30 * 24 * 60);
});

test("only the authority's certificate is written, readable for everyone", async () => {
  expect(await readdir(dirname(certificate.caFile))).toEqual(["ca.crt"]);
  expect(await readFile(certificate.caFile, "utf8")).toBe(certificate.ca);
  expect((await stat(certificate.caFile)).mode & 0o777).toBe(0o644);
  expect(certificate.ca).not.toContain("PRIVATE");
});

test("each one has its own authority and key, in the folder that was asked for", async () => {
  const dir = await mkdtemp(join(tmpdir(), "dualstack-test-"));
  const other = await createLocalCertificate(dir);
  expect(other.caFile).toBe(join(dir, "ca.crt"));
  expect(other.key).not.toBe(certificate.key);
  expect(new X509Certificate(other.cert).verify(new X509Certificate(certificate.ca).publicKey)).toBe(false);
  await rm(dir, { recursive: true });
});

async function fetchText(url: string, ca: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ...(ca === undefined ? {} : { ca }), agent: false }, (response) => {
      response.setEncoding("utf8").on("data", resolve);
    });
    request.on("error", reject);
  });
}
