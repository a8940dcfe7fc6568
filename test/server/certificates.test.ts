import { generateKeyPairSync, webcrypto, X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import type * as X509 from "@peculiar/x509";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Certificate } from "../../src/server/certificate-files.ts";
import { watchCertificate, type CertificateOptions, type CertificateSource } from "../../src/server/certificates.ts";
import { createLocalCertificate } from "../../src/server/local-certificate.ts";
import { mountSecret } from "../support/mounted-secret.ts";

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** No poll happens during a test that gives this: what is seen was seen by the watch. */
const watchOnly = 600_000;
const day = 24 * 60 * 60 * 1000;

let x509: typeof X509;
let a: Pair;
let b: Pair;
let dir: string;
let sources: CertificateSource[];

beforeAll(async () => {
  const caDir = await newDir();
  [a, b] = [await createLocalCertificate(caDir), await createLocalCertificate(caDir)];
  await rm(caDir, { recursive: true });
  await import("reflect-metadata");
  x509 = await import("@peculiar/x509");
});

beforeEach(async () => {
  dir = await newDir();
  sources = [];
});

afterEach(async () => {
  for (const source of sources) source.close();
  await rm(dir, { recursive: true, force: true });
});

describe("the first load", () => {
  test("a pair that fits is current, with its dates and its authority", async () => {
    await write({ "tls.crt": a.cert, "tls.key": a.key, "ca.crt": b.cert });
    const { source } = await start({ names: ["localhost"] });
    expect(source.current()).toEqual({
      cert: a.cert,
      key: a.key,
      ca: b.cert,
      notBefore: new X509Certificate(a.cert).validFromDate,
      notAfter: new X509Certificate(a.cert).validToDate,
    });
    expect(source.check()).toBe(true);
  });

  test("without ca.crt there is no authority", async () => {
    await write({ "tls.crt": a.cert, "tls.key": a.key });
    const { source } = await start();
    expect(source.current().ca).toBeUndefined();
  });

  test("a folder that does not exist", async () => {
    await expect(start({ dir: "/no/such/folder" })).rejects.toThrow(
      /^\/no\/such\/folder\/tls\.(crt|key) cannot be read \(ENOENT\): it must be a readable file in PEM form\.$/,
    );
  });

  test.each([
    ["no key", { "tls.crt": "A" }, "tls.key cannot be read (ENOENT): it must be a readable file in PEM form."],
    ["an empty certificate", { "tls.crt": "", "tls.key": "A" }, "tls.crt is empty: it must be in PEM form."],
    ["a key of white space", { "tls.crt": "A", "tls.key": " \n" }, "tls.key is empty: it must be in PEM form."],
    ["another pair's key", { "tls.crt": "A", "tls.key": "B" }, "both must come from the same issuance."],
  ])("%s", async (_, files: Record<string, string>, message) => {
    const named = Object.entries(files).map(([name, text]) => [name, pairFile(name, text)] as const);
    await write(Object.fromEntries(named));
    await expect(start()).rejects.toThrow(message);
  });

  test("a file that is no certificate, or no key", async () => {
    await write({ "tls.crt": "hello", "tls.key": a.key });
    await expect(start()).rejects.toThrow(/tls\.crt is not a certificate in PEM form \(.+\)\.$/);
    await write({ "tls.crt": a.cert, "tls.key": "hello" });
    await expect(start()).rejects.toThrow(/tls\.key is not an unencrypted private key in PEM form \(.+\)\.$/);
  });

  test("an encrypted key", async () => {
    const { privateKey } = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" },
    });
    await write({ "tls.crt": a.cert, "tls.key": privateKey });
    await expect(start()).rejects.toThrow(/tls\.key is not an unencrypted private key/);
  });

  test("a chain that is cut off after the leaf, next to a whole one", async () => {
    await write({ "tls.crt": a.cert + "\n" + b.cert.slice(0, 200), "tls.key": a.key });
    await expect(start()).rejects.toThrow(
      /tls\.crt cannot be used for TLS \(.+\): each certificate in it must be whole\.$/,
    );
    await write({ "tls.crt": a.cert + "\n" + b.cert, "tls.key": a.key });
    expect((await start()).source.check()).toBe(true);
  });

  test("a name that the certificate does not carry, next to one that it does", async () => {
    await write({ "tls.crt": a.cert, "tls.key": a.key });
    await expect(start({ names: ["localhost", "webhook.example.svc"] })).rejects.toThrow(
      "tls.crt is for DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1: it must carry the DNS name webhook.example.svc.",
    );
    expect((await start({ names: ["localhost"] })).source.check()).toBe(true);
  });

  test("a name that stands only in the subject does not count, as for the API server", async () => {
    const pair = await issue({ subject: "CN=webhook.example.svc", names: [] });
    await write({ "tls.crt": pair.cert, "tls.key": pair.key });
    await expect(start({ names: ["webhook.example.svc"] })).rejects.toThrow("is for no names at all");
  });

  test("an expired one and one for the future, next to one for today", async () => {
    await write({ "tls.crt": a.cert, "tls.key": a.key });
    const notAfter = new X509Certificate(a.cert).validToDate;
    const notBefore = new X509Certificate(a.cert).validFromDate;
    await expect(start({ now: () => new Date(notAfter.getTime() + 1) })).rejects.toThrow(
      `tls.crt does not serve: the certificate expired on ${notAfter.toISOString()} and must be renewed.`,
    );
    await expect(start({ now: () => new Date(notBefore.getTime() - 1) })).rejects.toThrow(
      `tls.crt does not serve: the certificate is valid only from ${notBefore.toISOString()}: wait until then`,
    );
    expect((await start({ now: () => notAfter })).source.check()).toBe(true);
  });
});

describe("a change", () => {
  test("a renewed Secret is seen each time that kubelet swaps its link", async () => {
    await mountSecret(dir, "1", a);
    const { source, seen } = await start({ names: ["localhost"], pollMs: watchOnly });
    for (const [version, pair] of [
      ["2", b],
      ["3", a],
      ["4", b],
    ] as const) {
      await mountSecret(dir, version, pair);
      await vi.waitFor(() => expect(source.current().cert).toBe(pair.cert), 3000);
    }
    expect(seen.changes.map(({ cert }) => cert)).toEqual([b.cert, a.cert, b.cert]);
    expect(seen.reloads).toEqual(["success", "success", "success"]);
  });

  test("files that are written one after the other are read when both have arrived", async () => {
    await write({ "tls.crt": a.cert, "tls.key": a.key });
    const { source, seen } = await start({ pollMs: watchOnly });
    await write({ "tls.crt": b.cert });
    await write({ "tls.key": b.key });
    await vi.waitFor(() => expect(source.current().key).toBe(b.key), 3000);
    expect(seen.reloads.at(-1)).toBe("success");
  });

  test("a folder that was deleted and made again is found by polling", async () => {
    await write({ "tls.crt": a.cert, "tls.key": a.key });
    const { source, seen } = await start({ pollMs: 50 });
    await rm(dir, { recursive: true });
    // The watch has seen the end of the folder, and sees nothing after it.
    await vi.waitFor(() => expect(seen.reloads).toEqual(["failure"]), 3000);
    await mkdir(dir);
    await write({ "tls.crt": b.cert, "tls.key": b.key });
    await vi.waitFor(() => expect(source.current().cert).toBe(b.cert), 3000);
  });

  test("files that did not change are no change", async () => {
    await write({ "tls.crt": a.cert, "tls.key": a.key });
    const { seen } = await start({ pollMs: 20 });
    await write({ "tls.crt": a.cert });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(seen).toEqual({ changes: [], reloads: [], errors: [] });
  });

  test("after close, nothing is seen any more", async () => {
    await write({ "tls.crt": a.cert, "tls.key": a.key });
    const { source, seen } = await start({ pollMs: 20 });
    source.close();
    await write({ "tls.crt": b.cert, "tls.key": b.key });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(seen).toEqual({ changes: [], reloads: [], errors: [] });
    expect(source.current().cert).toBe(a.cert);
  });
});

describe("a faulty change is reported once and the old certificate stays, until a good one comes", () => {
  test.each([
    ["another pair's key", async () => ({ cert: b.cert, key: a.key }), "is not the key of"],
    ["an empty certificate", async () => ({ cert: "", key: b.key }), "tls.crt is empty"],
    ["an empty key", async () => ({ cert: b.cert, key: "" }), "tls.key is empty"],
    ["an expired certificate", () => issue({ names: ["localhost"], from: -2 * day, to: -day }), "expired on"],
    ["a certificate for tomorrow", () => issue({ names: ["localhost"], from: day, to: 2 * day }), "valid only from"],
    ["a certificate for another name", () => issue({ names: ["other.svc"] }), "must carry the DNS name localhost."],
  ])("%s", async (_, faulty: () => Promise<Pair>, message) => {
    await mountSecret(dir, "1", a);
    const { source, seen } = await start({ names: ["localhost"], pollMs: 20 });
    await mountSecret(dir, "2", await faulty());
    await vi.waitFor(() => expect(seen.reloads).toEqual(["failure"]), 3000);
    // Several polls later it has still been reported once.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(seen.errors).toEqual([expect.stringContaining(message)]);
    expect(source.current().cert).toBe(a.cert);
    expect(source.check()).toBe(true);
    expect(source.fault()).toContain(message);
    expect(source.fault()).toContain(`until ${source.current().notAfter.toISOString()} stays in use`);

    await mountSecret(dir, "3", b);
    await vi.waitFor(() => expect(source.current().cert).toBe(b.cert), 3000);
    expect(seen.reloads).toEqual(["failure", "success"]);
    expect(source.fault()).toBeUndefined();
  });

  test("one that is gone when the files are read again is none", async () => {
    await mountSecret(dir, "1", a);
    let reads = 0;
    const later = new Date(Date.now() + 10_000 * day);
    const now = (): Date => (++reads === 2 ? later : new Date());
    const { source, seen } = await start({ pollMs: watchOnly, now });
    await mountSecret(dir, "2", b);
    await vi.waitFor(() => expect(source.current().cert).toBe(b.cert), 3000);
    expect(seen).toMatchObject({ reloads: ["success"], errors: [] });
  });

  test("a certificate that the server refuses", async () => {
    await mountSecret(dir, "1", a);
    const onChange = vi.fn<(certificate: Certificate) => void>(() => {
      throw new Error("refused");
    });
    const { source, seen } = await start({ pollMs: watchOnly, onChange });
    await mountSecret(dir, "2", b);
    await vi.waitFor(() => expect(seen.errors).toEqual(["refused"]), 3000);
    expect(source.current().cert).toBe(a.cert);
  });

  test("a listener that throws ends neither the process nor the watch", async () => {
    await mountSecret(dir, "1", a);
    const onReload = vi.fn<(result: "success" | "failure") => void>(() => {
      throw new Error("not ready to count");
    });
    const { source } = await start({ pollMs: watchOnly, onReload });
    await mountSecret(dir, "2", { cert: "", key: "" });
    await vi.waitFor(() => expect(onReload).toHaveBeenCalledWith("failure"), 3000);
    await mountSecret(dir, "3", b);
    await vi.waitFor(() => expect(source.current().cert).toBe(b.cert), 3000);
  });

  test("a certificate that expires while it is in use is no longer ready", async () => {
    await mountSecret(dir, "1", a);
    let now = new Date();
    const { source } = await start({ now: () => now, pollMs: watchOnly });
    expect(source.check()).toBe(true);
    now = new Date(Date.now() + 31 * day);
    expect(source.check()).toMatch(/^the certificate expired on .+ and must be renewed$/);
  });

  test.each([
    { set: "forward", ms: 10_000 * day, fault: /^the certificate expired on / },
    { set: "back", ms: -10_000 * day, fault: /^the certificate is valid only from / },
  ])("a clock that is set $set by years, and set right again, leaves nothing behind", async ({ ms, fault }) => {
    await mountSecret(dir, "1", a);
    let now = () => new Date();
    const { source, seen } = await start({ now: () => now(), pollMs: 50 });

    now = () => new Date(Date.now() + ms);
    expect(source.check()).toMatch(fault);
    await mountSecret(dir, "2", b);
    await vi.waitFor(() => expect(seen.reloads).toEqual(["failure"]), 3000);
    expect(source.current().cert).toBe(a.cert);

    now = () => new Date();
    await vi.waitFor(() => expect(source.current().cert).toBe(b.cert), 3000);
    expect([source.check(), source.fault()]).toEqual([true, undefined]);
  });
});

test("a server hands out the new certificate to the next connection, still at TLS 1.3 only", async () => {
  await mountSecret(dir, "1", a);
  const server = createServer({ cert: a.cert, key: a.key, minVersion: "TLSv1.3" });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await start({
    pollMs: watchOnly,
    onChange: ({ cert, key }) => server.setSecureContext({ cert, key, minVersion: "TLSv1.3" }),
  });
  expect(await servedCertificate(port)).toBe(new X509Certificate(a.cert).fingerprint256);
  await mountSecret(dir, "2", b);
  await vi.waitFor(
    async () => expect(await servedCertificate(port)).toBe(new X509Certificate(b.cert).fingerprint256),
    3000,
  );
  await expect(servedCertificate(port, "TLSv1.2")).rejects.toThrow(/protocol version/);
  await new Promise((resolve) => server.close(resolve));
});

interface Seen {
  readonly changes: Certificate[];
  readonly reloads: string[];
  readonly errors: unknown[];
}

async function start(options: Partial<CertificateOptions> = {}): Promise<{ source: CertificateSource; seen: Seen }> {
  const seen: Seen = { changes: [], reloads: [], errors: [] };
  const source = await watchCertificate({
    dir,
    names: [],
    onChange: (certificate) => seen.changes.push(certificate),
    onReload: (result) => seen.reloads.push(result),
    log: {
      info: () => undefined,
      error: (fields) => seen.errors.push("problem" in fields ? fields.problem : fields),
    },
    ...options,
  });
  sources.push(source);
  return { source, seen };
}

async function newDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), "dualstack-test-"));
}

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
}

function pairFile(name: string, text: string): string {
  const pair = text === "A" ? a : text === "B" ? b : undefined;
  if (pair === undefined) return text;
  return name === "tls.crt" ? pair.cert : pair.key;
}

interface Issue {
  readonly subject?: string;
  readonly names: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

async function issue({ subject = "CN=test", names, from = -day, to = day }: Issue): Promise<Pair> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const alternativeNames = names.map((value) => ({ type: "dns" as const, value }));
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: subject,
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() + from),
      notAfter: new Date(Date.now() + to),
      extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(alternativeNames)],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: certificate.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
}

async function servedCertificate(port: number, maxVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.3"): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, maxVersion }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
