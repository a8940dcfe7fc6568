import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { shedLog } from "../../src/server/shed-log.ts";
import { rawService } from "../support/subjects.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closers.splice(0).reverse()) await close();
});

describe("more requests at once than are let in", () => {
  it("are asked to come again, on the same connection, and are let in once another one is answered", async () => {
    const held = holding();
    const { port, failed, shed, logged } = await listening({ requests: { most: 2 }, ...held });
    const waiting = [await open(port), await open(port)];
    for (const { socket } of waiting) socket.write(call("new"));
    await expect.poll(held.count).toBe(2);

    const refused = await open(port);
    for (const path of ["/mutate", "/validate"]) {
      refused.socket.write(call("known", path));
      const answer = await refused.answer();
      expect(answer.head).toMatch(/^HTTP\/1\.1 503 [^]*^retry-after: 1$/im);
      expect(answer.body).toMatchObject({
        kind: "Status",
        code: 503,
        reason: "ServiceUnavailable",
        message: "too many requests at once: try again",
      });
    }
    expect(failed).toEqual(["mutate unavailable", "validate unavailable"]);
    expect(shed).toEqual(["in-flight", "in-flight"]);
    expect(logged).toEqual([{ calls: { "in-flight": 1 } }]);

    held.release();
    for (const one of waiting) expect((await one.answer()).head).toMatch(/^HTTP\/1\.1 200 /);
    refused.socket.write(call("known"));
    expect((await refused.answer()).head).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("do not stand in the way of others while they are sent", async () => {
    const held = holding();
    const { app, port, shed } = await listening({ requests: { most: 3 }, ...held });
    let arrived = 0;
    app.server.on("request", () => {
      arrived += 1;
    });
    const admitted = await Promise.all([open(port), open(port), open(port)]);
    for (const { socket } of admitted) socket.write(call("new"));
    await expect.poll(held.count).toBe(3);
    const slow = await Promise.all([open(port), open(port), open(port)]);
    const request = call("known");
    for (const { socket } of slow) socket.write(request.slice(0, -1));
    await expect.poll(() => arrived).toBe(6);
    held.release();
    for (const { socket, answer } of admitted) {
      expect((await answer()).head).toMatch(/^HTTP\/1\.1 200 /);
      socket.write(call("known"));
      expect((await answer()).head).toMatch(/^HTTP\/1\.1 200 /);
    }
    for (const { socket, answer } of slow) {
      socket.write(request.slice(-1));
      expect((await answer()).head).toMatch(/^HTTP\/1\.1 503 /);
    }
    expect(shed).toEqual(["in-flight", "in-flight", "in-flight"]);
  });

  it("leave their place when they hang up", async () => {
    const { port } = await listening({ requests: { most: 1 } });
    for (let round = 0; round < 3; round += 1) {
      const { socket } = await open(port);
      socket.write(call("known").slice(0, -1));
      await expect.poll(() => statusOf(port)).toBe(503);
      socket.destroy();
      await expect.poll(() => statusOf(port)).toBe(200);
    }
  });

  it("are few while the event loop is behind: the twentieth part of the limit", async () => {
    let isLagging = true;
    const held = holding();
    const { port, shed } = await listening({ requests: { most: 30, isLagging: () => isLagging }, ...held });
    const waiting = [await open(port), await open(port)];
    for (const { socket } of waiting) socket.write(call("new"));
    await expect.poll(held.count).toBe(2);
    const refused = await open(port);
    refused.socket.write(call("known"));
    const { head, body } = await refused.answer();
    expect(head).toMatch(/^HTTP\/1\.1 503 [^]*^retry-after: 1$/im);
    expect(body).toMatchObject({ message: "too many requests at once for a process that is behind: try again" });
    expect(shed).toEqual(["lag"]);
    isLagging = false;
    expect(await statusOf(port)).toBe(200);
    isLagging = true;
    held.release();
    for (const one of waiting) await one.answer();
    expect(await statusOf(port)).toBe(200);
  });
});

describe("small bodies", () => {
  it("of more than 16 MiB together are too many: 503, while a large one passes", async () => {
    const { port, shed } = await listening();
    const body = JSON.stringify(reviewOf(rawService({ annotations: { filler: "x".repeat(64_000) } })));
    const whole = withBody("/mutate", body);
    const most = Math.floor((16 * 1024 * 1024) / Buffer.byteLength(body));
    const slow = await Promise.all(Array.from({ length: most }, () => open(port)));
    for (const { socket } of slow) socket.write(whole.slice(0, -1));
    await expect.poll(() => statusOf(port, whole), { timeout: 20_000 }).toBe(503);
    expect(new Set(shed)).toEqual(new Set(["body-bytes"]));
    const large = JSON.stringify(reviewOf(rawService({ annotations: { filler: "x".repeat(1_000_000) } })));
    expect(await statusOf(port, withBody("/mutate", large))).toBe(200);
    for (const { socket } of slow) socket.destroy();
    await expect.poll(() => statusOf(port, whole)).toBe(200);
  });

  it("of unknown length count as the largest small ones", async () => {
    const { app, port } = await listening();
    let arrived = 0;
    app.server.on("request", () => {
      arrived += 1;
    });
    const chunked = call("known").replace(/content-length: \d+/, "transfer-encoding: chunked");
    const [head = "", body = ""] = chunked.split("\r\n\r\n");
    const start = `${head}\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`;
    const slow = await Promise.all(Array.from({ length: 256 }, () => open(port)));
    for (const { socket } of slow) socket.write(start);
    await expect.poll(() => arrived, { timeout: 20_000 }).toBe(256);
    expect(await statusOf(port, `${start}0\r\n\r\n`)).toBe(503);
    expect(await statusOf(port)).toBe(503);
    slow[0]?.socket.write("0\r\n\r\n");
    expect((await slow[0]?.answer())?.head).toMatch(/^HTTP\/1\.1 200 /);
    expect(await statusOf(port, `${start}0\r\n\r\n`)).toBe(200);
  });
});

it("connections beyond the most are dropped, and counted", async () => {
  const { port, shed, logged } = await listening({ limits: { connections: 4 } });
  const kept = await Promise.all(Array.from({ length: 4 }, () => open(port)));
  const dropped = connect(port, "127.0.0.1").on("error", () => undefined);
  await once(dropped, "close");
  await expect.poll(() => shed).toEqual(["connections"]);
  expect(logged).toEqual([{ calls: { connections: 1 } }]);
  kept[0]?.socket.destroy();
  await expect.poll(() => statusOf(port).catch(() => 0)).toBe(200);
});

describe("a call that waited for longer than its caller", () => {
  it("for its own body is not decided", async () => {
    const { app, port, answered, failed, shed } = await listening();
    const { socket, answer } = await open(port);
    const request = call("known", "/mutate?timeout=1s");
    const arrived = once(app.server, "request");
    socket.write(request.slice(0, -1));
    await arrived;
    await pause(1100);
    socket.write(request.slice(-1));
    const { head, body } = await answer();
    expect(head).toMatch(/^HTTP\/1\.1 503 [^]*^retry-after: 1$/im);
    expect(body).toMatchObject({ message: "the request waited for longer than its caller does: try again" });
    expect([answered, failed, shed]).toEqual([[], ["mutate unavailable"], ["late"]]);
  });

  it("for a look-up is not decided", async () => {
    const held = holding();
    const { port, answered, shed } = await listening(held);
    const { socket, answer } = await open(port);
    socket.write(call("new", "/validate?timeout=1s"));
    await expect.poll(held.count).toBe(1);
    await pause(1100);
    held.release();
    expect((await answer()).head).toMatch(/^HTTP\/1\.1 503 /);
    expect([answered, shed]).toEqual([[], ["late"]]);
  });

  it("since that one has hung up is not decided either", async () => {
    const held = holding();
    const { port, answered, shed } = await listening(held);
    const { socket } = await open(port);
    socket.write(call("new", "/validate?timeout=30s"));
    await expect.poll(held.count).toBe(1);
    socket.destroy();
    await expect.poll(held.count).toBe(1);
    await pause(50);
    held.release();
    await expect.poll(() => shed).toEqual(["late"]);
    expect(answered).toEqual([]);
    expect(await statusOf(port)).toBe(200);
  });
});

it("the log has one line at once, and then one every five seconds while it lasts", () => {
  vi.useFakeTimers();
  const lines: unknown[] = [];
  const shed = shedLog({ warn: (fields: object) => void lines.push(fields) });
  const take = () => lines.splice(0);
  for (let call = 0; call < 1000; call += 1) shed("in-flight");
  expect(take()).toEqual([{ calls: { "in-flight": 1 } }]);
  vi.advanceTimersByTime(4999);
  shed("lag");
  expect(take()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(take()).toEqual([{ calls: { "in-flight": 999, lag: 1 } }]);
  vi.advanceTimersByTime(60_000);
  expect(take()).toEqual([]);
  shed("lag");
  expect(take()).toEqual([{ calls: { lag: 1 } }]);
});

/** Look-ups of namespace "new" that take until they are released. */
function holding() {
  const waiting: (() => void)[] = [];
  return {
    count: () => waiting.length,
    release() {
      for (const go of waiting.splice(0)) go();
    },
    namespaceLabels: (name: string) =>
      name === "new" ? new Promise<Record<string, string>>((resolve) => waiting.push(() => resolve({}))) : {},
  };
}

async function listening(options: Parameters<typeof buildApp>[0] = {}) {
  const built = buildApp(options);
  await built.app.listen({ port: 0, host: "127.0.0.1" });
  closers.push(() => built.app.close());
  return { ...built, port: (built.app.server.address() as AddressInfo).port };
}

interface Answer {
  readonly head: string;
  readonly body: unknown;
}

async function open(port: number): Promise<{ readonly socket: Socket; readonly answer: () => Promise<Answer> }> {
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  closers.push(() => socket.destroy());
  await once(socket, "connect");
  socket.on("error", () => undefined);
  return {
    socket,
    async answer() {
      let text = "";
      for (;;) {
        const [chunk] = (await Promise.race([once(socket, "data"), once(socket, "close")])) as [unknown];
        if (typeof chunk !== "string") throw new Error(`the connection ended after: ${text}`);
        text += chunk;
        const [head = "", body = ""] = text.split("\r\n\r\n", 2);
        const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Infinity);
        if (Buffer.byteLength(body) >= length) return { head, body: JSON.parse(body) as unknown };
      }
    },
  };
}

async function statusOf(port: number, request = call("known")): Promise<number> {
  const { socket, answer } = await open(port);
  socket.write(request);
  const { head } = await answer();
  socket.destroy();
  return Number(head.slice(9, 12));
}

function call(namespace: string, path = "/mutate"): string {
  return withBody(path, JSON.stringify(reviewOf(rawService({}), { namespace })));
}

function withBody(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
