import { once } from "node:events";
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { connectionAge } from "../../src/server/connection-age.ts";
import { rawService } from "../support/subjects.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

describe("a connection is to end", () => {
  it("with the first answer at its limit or after it, counted from its first answer", () => {
    const isOver = connectionAge({ limitMs: 1000, random: () => 0 });
    const [first, second] = [new Socket(), new Socket()];
    expect([5000, 5999].map((now) => isOver(first, now))).toEqual([false, false]);
    expect(isOver(second, 6000)).toBe(false);
    expect(isOver(first, 6000)).toBe(true);
    expect(isOver(second, 6999)).toBe(false);
    expect(isOver(second, 7000)).toBe(true);
  });

  it("up to a fifth earlier, so that those which began together do not end together", () => {
    let random = 0;
    const isOver = connectionAge({ limitMs: 1000, random: () => random });
    const ends = [0, 0.5, 0.999].map((drawn) => {
      const socket = new Socket();
      random = drawn;
      isOver(socket, 0);
      return [800, 850, 900, 950, 1000].find((now) => isOver(socket, now));
    });
    expect(ends).toEqual([1000, 900, 850]);
  });

  it("never, where the limit is 0", () => {
    const isOver = connectionAge({ limitMs: 0, random: () => 0 });
    const socket = new Socket();
    expect([0, 1e9].map((now) => isOver(socket, now))).toEqual([false, false]);
  });
});

const good = JSON.stringify(reviewOf(rawService({})));

it.each([
  ["a decision", "/mutate", good, 200],
  ["a refusal", "/nowhere", good, 404],
  ["a bad request", "/validate", "{}", 400],
])("%s asks a connection that is too old to close, and the next one serves on", async (_name, path, body, status) => {
  const { app } = buildApp({ limits: { connectionAgeMs: 200 } });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(async () => {
    agent.destroy();
    await app.close();
  });
  const ask = async () => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request({ port, host: "127.0.0.1", path, method: "POST", headers, agent });
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const from = sent.socket?.localPort;
    await once(response.resume(), "end");
    return { status: response.statusCode, connection: response.headers.connection, from };
  };
  const first = await ask();
  expect(first).toMatchObject({ status, connection: "keep-alive" });
  let last = first;
  await expect.poll(async () => (last = await ask()).connection).toBe("close");
  expect(last).toEqual({ ...first, connection: "close" });
  const next = await ask();
  expect(next).toMatchObject({ status, connection: "keep-alive" });
  expect(next.from).not.toBe(first.from);
});
