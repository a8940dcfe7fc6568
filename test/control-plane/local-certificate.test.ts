import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readCertificate } from "../../src/server/certificate-files.ts";
import { certs } from "../deploy/render.ts";

const script = join(certs, "local.sh");
const scratch = mkdtempSync(join(tmpdir(), "dualstack local certificate "));
const folder = join(scratch, "made for this");
const printed = execFileSync("sh", [script, folder], { encoding: "utf8" });
const ca = new X509Certificate(readFileSync(join(folder, "ca.crt")));
const leaf = new X509Certificate(readFileSync(join(folder, "tls.crt")));

afterAll(() => rmSync(scratch, { recursive: true }));

it("writes the files that --tls-dir expects, says so, and keeps no CA key", () => {
  expect(printed.trimEnd().split("\n")).toEqual(["ca.crt", "tls.crt", "tls.key"].map((name) => join(folder, name)));
  expect(readdirSync(folder).toSorted()).toEqual(["ca.crt", "tls.crt", "tls.key"]);
});

it("the private key is the certificate's, and for its owner only", () => {
  const key = join(folder, "tls.key");
  expect(leaf.checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
  expect(statSync(key).mode & 0o077).toBe(0);
});

it("is good for this machine and for the Service's names", () => {
  for (const ip of ["127.0.0.1", "::1"]) expect(leaf.checkIP(ip)).toBe(ip);
  for (const host of ["localhost", "dualstack-webhook.dualstack-system.svc"]) {
    expect(leaf.checkHost(host, { subject: "never" })).toBe(host);
  }
  expect(leaf.checkHost("example.com", { subject: "never" })).toBeUndefined();
});

it("is a serving certificate on P-256, signed by the CA and by nobody else", () => {
  expect(leaf.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  // id-kp-serverAuth
  expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  expect([leaf.ca, ca.ca]).toEqual([false, true]);
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.verify(leaf.publicKey)).toBe(false);
});

it("lives a month", () => {
  for (const certificate of [ca, leaf]) {
    const days = (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / 86_400_000;
    expect(days).toBe(30);
  }
});

it("the webhook takes it", async () => {
  const names = ["localhost", "dualstack-webhook.dualstack-system.svc"];
  const certificate = await readCertificate(folder, names, new Date());
  expect(certificate.cert).toBe(readFileSync(join(folder, "tls.crt"), "utf8"));
});

it("without openssl says what to do, and writes nothing", () => {
  const empty = join(scratch, "empty");
  const { status, stderr } = spawnSync("/bin/sh", [script, empty], { encoding: "utf8", env: { PATH: scratch } });
  expect(status).toBe(1);
  expect(stderr).toBe(
    "certs/local.sh needs the program openssl, and it is not on the PATH: install it, or run npm start without --tls-dir, which makes its own certificate.\n",
  );
  expect(readdirSync(scratch)).toEqual(["made for this"]);
});
