import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { rawService } from "../support/subjects.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

const MiB = 1024 * 1024;
const small = reviewOfBytes(2000);
const largest = reviewOfBytes(8 * MiB);
const firstPart = largest.subarray(0, MiB);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe("large request bodies", () => {
  it("of 8 MiB pass, one after the other, as often as they come", async () => {
    const { port } = await listening();
    for (const headers of [sized, chunked]) {
      for (let count = 0; count < 4; count += 1) {
        const call = await open(port);
        call.send(headers(largest));
        call.send(headers === chunked ? inChunks(largest) : largest);
        expect(await call.answer()).toMatch(/^HTTP\/1\.1 200 /);
      }
    }
  });

  it("for which there is no room: 503 with Retry-After, while small ones pass", async () => {
    const { port, failed, logged } = await listening();
    const [first, second] = [await open(port), await open(port)];
    for (const call of [first, second]) call.send(sized(largest), firstPart);
    await pause(50);

    const refused = await open(port);
    refused.send(sized(largest), largest);
    const answer = await refused.answer();
    expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*^retry-after: 1$/im);
    expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toMatchObject({
      kind: "Status",
      code: 503,
      reason: "ServiceUnavailable",
      message: "too many large requests at once: try again",
    });
    expect(failed).toEqual(["mutate unavailable"]);
    expect(logged).toHaveLength(1);
    expect(await passes(port, reviewOfBytes(64 * 1024))).toBe(200);
    expect(await passes(port, reviewOfBytes(64 * 1024 + 1))).toBe(503);

    for (const call of [first, second]) {
      call.send(largest.subarray(MiB));
      expect(await call.answer()).toMatch(/^HTTP\/1\.1 200 /);
    }
    refused.send(sized(small), small);
    expect(await refused.answer()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ["known", { "content-length": largest.length }],
    ["unknown", { "transfer-encoding": "chunked" }],
  ])(
    "of %s length that are refused are read to their end: many callers see no answer before it",
    async (_name, length) => {
      const { port } = await listening({ draining: () => true });
      for (const call of [await open(port), await open(port)]) call.send(sized(largest), firstPart);
      await pause(50);
      const headers = { "content-type": "application/json", ...length };
      const statuses = Array.from({ length: 10 }, async () => {
        const sent = request({ port, host: "127.0.0.1", path: "/mutate", method: "POST", headers, agent: false });
        sent.end(largest);
        const [response] = (await once(sent, "response")) as [IncomingMessage];
        return response.resume().statusCode;
      });
      expect(await Promise.all(statuses)).toEqual(Array.from({ length: 10 }, () => 503));
    },
  );

  it("of unknown length: 503 as soon as they are no small ones, and the connection serves on", async () => {
    const { port, failed } = await listening();
    const held = [await open(port), await open(port)];
    for (const call of held) call.send(chunked(), inChunks(firstPart, { open: true }));
    await pause(50);

    const refused = await open(port);
    refused.send(chunked(), inChunks(reviewOfBytes(100_000)));
    expect(await refused.answer()).toMatch(/^HTTP\/1\.1 503 [^]*^retry-after: 1$/im);
    expect(failed).toEqual(["mutate unavailable"]);
    refused.send(chunked(), inChunks(reviewOfBytes(60_000)));
    expect(await refused.answer()).toMatch(/^HTTP\/1\.1 200 /);

    for (const call of held) {
      call.send(inChunks(largest.subarray(MiB)));
      expect(await call.answer()).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(await passes(port, largest)).toBe(200);
  });

  it.each([
    ["known", sized, firstPart],
    ["unknown", chunked, inChunks(firstPart, { open: true })],
  ])("of %s length whose callers hang up leave their room to others", async (_name, headers, part) => {
    const { port } = await listening();
    for (let round = 0; round < 3; round += 1) {
      const held = [await open(port), await open(port)];
      for (const call of held) call.send(headers(largest), part);
      await pause(50);
      expect(await passes(port, largest)).toBe(503);
      for (const { socket } of held) socket.destroy();
      await expect.poll(() => passes(port, largest)).toBe(200);
    }
  });

  it.each([
    ["known", sized(largest), firstPart],
    ["unknown", chunked(), inChunks(firstPart, { open: true })],
  ])("of %s length whose connection is reset are counted once", async (_name, headers, part) => {
    const { port, failed, logged } = await listening();
    const { socket, send } = await open(port);
    send(headers, part);
    await pause(50);
    socket.resetAndDestroy();
    await expect.poll(() => failed).toEqual(["bad-request"]);
    expect(logged).toMatchObject([{ problem: "the connection ended before the whole request had come" }]);
  });

  it("of unknown length that are refused for another reason are in nobody's way", async () => {
    const { port } = await listening();
    for (let round = 0; round < 3; round += 1) {
      const call = await open(port);
      call.send(chunked().replace("json", "yaml"), inChunks(reviewOfBytes(MiB)), sized(small), small);
      expect(await call.answer()).toMatch(/^HTTP\/1\.1 415 /);
      expect(await call.answer()).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(await passes(port, largest)).toBe(200);
  });

  it("of unknown length and more than 8 MiB: 413", async () => {
    const { port } = await listening();
    const call = await open(port);
    call.send(chunked(), inChunks(Buffer.concat([largest, Buffer.from(" ")])));
    expect(await call.answer()).toMatch(/^HTTP\/1\.1 413 /);
    expect(await passes(port, largest)).toBe(200);
  });
});

async function listening(options: Parameters<typeof buildApp>[0] = {}) {
  const built = buildApp(options);
  await built.app.listen({ port: 0, host: "127.0.0.1" });
  closers.push(() => built.app.close());
  return { ...built, port: (built.app.server.address() as AddressInfo).port };
}

/** One connection. */
async function open(port: number) {
  const socket: Socket = connect(port, "127.0.0.1");
  closers.push(() => socket.destroy());
  await new Promise((resolve) => socket.once("connect", resolve));
  let text = "";
  let got = (): void => undefined;
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    got();
  });
  socket.on("error", () => undefined).on("close", () => got());
  const send = (...parts: readonly (string | Buffer)[]): void => {
    for (const part of parts) socket.write(part);
  };
  /** The next answer, whole. */
  const answer = async (): Promise<string> => {
    for (;;) {
      const [head = "", body = ""] = text.split("\r\n\r\n", 2);
      const end = head.length + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Infinity);
      if (body !== "" && text.length >= end) {
        const found = text.slice(0, end);
        text = text.slice(end);
        return found;
      }
      if (socket.destroyed) throw new Error(`the connection ended after: ${text}`);
      await new Promise<void>((resolve) => {
        got = resolve;
      });
    }
  };
  return { socket, send, answer };
}

async function passes(port: number, body: Buffer): Promise<number> {
  const { socket, send, answer } = await open(port);
  send(sized(body), body);
  const status = Number((await answer()).slice(9, 12));
  socket.destroy();
  return status;
}

const head = "POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";

function sized(body: Buffer): string {
  return `${head}content-length: ${body.length}\r\n\r\n`;
}

function chunked(): string {
  return `${head}transfer-encoding: chunked\r\n\r\n`;
}

/** In chunks of 16 KB; `open`: without the one that ends the body. */
function inChunks(body: Buffer, { open: isOpen = false } = {}): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += 16_000) {
    const part = body.subarray(at, at + 16_000);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  if (!isOpen) parts.push(Buffer.from("0\r\n\r\n"));
  return Buffer.concat(parts);
}

/** A review of exactly so many bytes. */
function reviewOfBytes(bytes: number): Buffer {
  const text = (filler: string) => JSON.stringify(reviewOf(rawService({ annotations: { filler } })));
  return Buffer.from(text("x".repeat(bytes - text("").length)));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
