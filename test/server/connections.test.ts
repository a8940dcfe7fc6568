import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectionFault } from "../../src/server/connection-fault.ts";
import { createLocalCertificate } from "../../src/server/local-certificate.ts";
import type { LocalCertificate } from "../../src/server/local-certificate.ts";
import { rawService } from "../support/subjects.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

const folder = mkdtempSync(join(tmpdir(), "dualstack-connections-"));
let certificate: LocalCertificate;
beforeAll(async () => {
  certificate = await createLocalCertificate(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const good = JSON.stringify(reviewOf(rawService({})));
const goodRequest = `POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(good)}\r\n\r\n${good}`;

const chunkedHeader = "transfer-encoding: chunked";

describe("what is no HTTP request of ours is answered with a Status, counted and logged", () => {
  it.each<[string, number, string, string]>([
    ["a path that is no URL", 400, "POST /mutate%zz HTTP/1.1\r\nhost: a\r\n\r\n", "the path is not a valid URL"],
    ["no HTTP at all", 400, "hello there\r\n\r\n", "the request is no HTTP/1.1 (HPE_INVALID_METHOD)"],
    ["a header without a colon", 400, "POST /mutate HTTP/1.1\r\nhost a\r\n\r\n", "the request is no HTTP/1.1 (HPE_"],
    [
      "a chunk without a length",
      400,
      "POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
      "the request is no HTTP/1.1 (HPE_INVALID_CHUNK_SIZE)",
    ],
    ["no Host header", 400, "POST /mutate HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}", "the request has no Host header"],
    [
      "headers of 64 KiB",
      431,
      `POST /mutate HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(65_536)}\r\n\r\n`,
      "the request's headers are too large",
    ],
    [
      "a method that nobody knows",
      404,
      "PURGE / HTTP/1.1\r\nhost: a\r\n\r\n",
      "there are POST /mutate and POST /validate",
    ],
    [
      "an upgrade",
      404,
      "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
      "there are POST /mutate",
    ],
  ])("%s: %i", async (_name, status, request, problem) => {
    const { port, failed, logged } = await listening();
    const answer = await ask(port, request);
    expect(answer.head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.head).toMatch(/^content-type: application\/json\b/im);
    expect(answer.head).toMatch(new RegExp(`^content-length: ${answer.length}$`, "im"));
    expect(answer.status).toMatchObject({ kind: "Status", apiVersion: "v1", status: "Failure", code: status });
    expect(answer.status.message).toContain(problem);
    expect(failed).toEqual(["bad-request"]);
    expect(logged).toEqual([expect.objectContaining({ code: status, remote: "127.0.0.1" })]);
    expect((await ask(port, goodRequest)).head).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("what the parser refuses ends the connection, and says so", async () => {
    const { port } = await listening();
    const { head, ended } = await ask(port, "hello there\r\n\r\n");
    expect(head).toMatch(/^connection: close$/im);
    expect(ended).toBe(true);
  });

  it("a path that is no URL keeps the connection, but not while draining", async () => {
    const request = "POST /mutate%zz HTTP/1.1\r\nhost: a\r\n\r\n";
    expect((await ask((await listening()).port, request)).head).toMatch(/^connection: keep-alive$/im);
    const draining = await listening({ draining: () => true });
    expect((await ask(draining.port, request)).head).toMatch(/^connection: close$/im);
  });

  it.each([
    ["headers", "POST /mutate HTTP/1.1\r\nhost: a\r\n"],
    ["a body", goodRequest.slice(0, -20)],
  ])("%s that do not come to an end: 408, counted once", async (_name, request) => {
    const { port, failed, logged } = await listening({}, { headersTimeout: 100, requestTimeout: 100 });
    const { head, status, ended } = await ask(port, request);
    expect(head).toMatch(/^HTTP\/1\.1 408 [^]*^connection: close$/im);
    expect(status).toMatchObject({ kind: "Status", code: 408, message: "the request was not complete in time" });
    expect(ended).toBe(true);
    expect(failed).toEqual(["bad-request"]);
    expect(logged).toHaveLength(1);
  });

  it.each([
    ["known", goodRequest.slice(0, -20)],
    [
      "unknown",
      `${goodRequest.split("\r\n\r\n")[0]?.replace(/content-length.*/, chunkedHeader) ?? ""}\r\n\r\n3\r\n{"a\r\n`,
    ],
  ])("a caller who hangs up in the middle of a body of %s length is counted once", async (_name, request) => {
    const { port, failed, logged } = await listening();
    const socket = await open(port);
    socket.write(request);
    await pause(50);
    socket.destroy();
    await expect.poll(() => failed).toEqual(["bad-request"]);
    await pause(50);
    expect(failed).toEqual(["bad-request"]);
    expect(logged).toMatchObject([{ problem: "the connection ended before the whole request had come" }]);
  });

  it("callers who hang up before they can be answered do no harm", async () => {
    const { port } = await listening();
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const socket = await open(port);
        socket.write(index % 2 === 0 ? "hello there\r\n\r\n" : `GET / HTTP/1.1\r\nx: ${"x".repeat(100_000)}\r\n\r\n`);
        socket.destroy();
      }),
    );
    await pause(100);
    expect((await ask(port, goodRequest)).head).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("a connection on which TLS fails", () => {
  it("by plain HTTP is counted and logged", async () => {
    const { port, failed, logged } = await listening();
    const socket = connectPlain(port, "127.0.0.1");
    closers.push(() => socket.destroy());
    socket.on("error", () => undefined).write(goodRequest);
    await expect.poll(() => logged).toMatchObject([{ problem: "plain HTTP was sent to the TLS port" }]);
    expect(failed).toEqual(["tls"]);
    expect((await ask(port, goodRequest)).head).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("by a version that is too old is too", async () => {
    const { port, failed, logged } = await listening();
    const versions = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1" } as const;
    const socket = connect({ port, host: "127.0.0.1", ca: certificate.ca, ...versions });
    closers.push(() => socket.destroy());
    socket.on("error", () => undefined);
    await expect.poll(() => logged).toMatchObject([{ problem: expect.stringContaining("ERR_SSL_") }]);
    expect(failed).toEqual(["tls"]);
  });

  it("since the caller does not trust our certificate: the log says where to look", () => {
    // OpenSSL's and Go's clients send these alerts; Node's hangs up without a word.
    for (const alert of ["TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE"]) {
      expect(connectionFault({ code: `ERR_SSL_${alert}` })).toMatchObject({
        reason: "tls",
        problem: `the TLS handshake failed (ERR_SSL_${alert}): does the caller's caBundle fit our certificate?`,
      });
    }
    expect(connectionFault({ code: "ECONNRESET" })).toBeUndefined();
  });

  it("by hanging up, as health checks of the network do, is not", async () => {
    const { port, failed, logged } = await listening();
    const plain = connectPlain(port, "127.0.0.1");
    await new Promise((resolve) => plain.once("connect", resolve));
    plain.destroy();
    (await open(port)).destroy();
    await pause(100);
    expect([failed, logged]).toEqual([[], []]);
  });
});

async function listening(options: Parameters<typeof buildApp>[0] = {}, timeouts: object = {}) {
  const built = buildApp({ ...options, tls: certificate });
  Object.assign(built.app.server, { ...timeouts, connectionsCheckingInterval: 20 });
  await built.app.listen({ port: 0, host: "127.0.0.1" });
  closers.push(() => built.app.close());
  return { ...built, port: (built.app.server.address() as AddressInfo).port };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", ca: certificate.ca, servername: "localhost" });
  closers.push(() => socket.destroy());
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  return socket;
}

/** Sends bytes and reads one answer: all of it, as its content-length says, and whether the connection ended after it. */
async function ask(port: number, request: string) {
  const socket = await open(port);
  socket.write(request);
  let text = "";
  let ended = false;
  await new Promise<void>((resolve) => {
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const [head = "", body = ""] = text.split("\r\n\r\n");
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Infinity);
      // A connection that is to end may take a moment for it.
      if (Buffer.byteLength(body) >= length) setTimeout(resolve, 50);
    });
    socket.once("close", () => {
      ended = true;
      resolve();
    });
  });
  socket.destroy();
  const [head = "", body = ""] = text.split("\r\n\r\n");
  return { head, ended, length: Buffer.byteLength(body), status: JSON.parse(body) as { readonly message: string } };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
