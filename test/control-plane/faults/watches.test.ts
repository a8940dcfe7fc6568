/** The program's way to its API server fails. Users see the labels of before, and those of now as soon as it heals, by itself. */
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ApiProxy } from "../api-proxy.ts";
import { service } from "../kubernetes.ts";
import { freePort } from "../start.ts";
import { pick, picking, readiness, restarts, schemeIn, startFaultyCluster } from "./faulty-cluster.ts";
import type { FaultyCluster } from "./faulty-cluster.ts";

let cluster: FaultyCluster;
beforeAll(async () => {
  cluster = await startFaultyCluster();
  return () => cluster.stop();
});

/** A busy machine, and the pauses of a watch that has failed some times. */
const heals = { timeout: 30_000, interval: 100 };

const validateFailed =
  /^Error from server \(InternalError\): error when creating "STDIN": Internal error occurred: failed calling webhook "services\.validate\.dualstack\.dev": /;

const ready = { status: 200, body: "ok" };
const html = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<html><body>Please log in</body></html>\n",
};
const expired = {
  apiVersion: "v1",
  kind: "Status",
  metadata: {},
  status: "Failure",
  message: "too old resource version: 1 (2)",
  reason: "Expired",
  code: 410,
};

type Answering = Parameters<ApiProxy["intercept"]>[0];

/** Until the end of the test. */
function intercept(answerOf: Answering): void {
  cluster.gateway.intercept(answerOf);
  onTestFinished(() => cluster.gateway.passOn());
}

function isNamespaces(path: string): boolean {
  return path === "/api/v1/namespaces";
}

describe("connections to the API server", () => {
  it("are reset: a label that changes at that moment counts within seconds", async () => {
    const name = await picking(cluster, "reset", "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    const before = await restarts(cluster, "connection");

    cluster.link.cut();
    await pick(cluster, name, "public");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
    expect(await restarts(cluster, "connection")).toBeGreaterThan(before);
    expect(await readiness(cluster)).toEqual(ready);
  });

  it("are refused: what is known is decided as before, what is new is refused in words, and heals", async () => {
    const name = await picking(cluster, "refused", "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    cluster.link.leadTo(await freePort());
    cluster.link.cut();
    const fresh = await picking(cluster, "refused-fresh", "internal");
    await pick(cluster, name, "public");
    try {
      expect(await schemeIn(cluster, name)).toBe("internal");
      expect(await cluster.create(service(fresh))).toEqual({
        code: 1,
        stdout: "",
        stderr: expect.stringMatching(validateFailed),
      });
      const plain = service(fresh, { metadata: { name: "plain" }, spec: { type: "ClusterIP" } });
      expect(await cluster.create(plain)).toMatchObject({ code: 0, stderr: "" });
      expect(await readiness(cluster)).toEqual(ready);
    } finally {
      cluster.link.leadTo(cluster.gateway.port);
    }
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
    expect(await cluster.create(service(fresh))).toMatchObject({ code: 0, stderr: "" });
  });

  it("hang: what is known is decided at once, a new namespace is read on another connection", async () => {
    const name = await picking(cluster, "hanging", "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    cluster.link.stall("open");
    try {
      await pick(cluster, name, "public");
      const fresh = await picking(cluster, "hanging-fresh", "public");
      expect(await schemeIn(cluster, name)).toBe("internal");
      await expect.poll(() => schemeIn(cluster, fresh), heals).toBe("internet-facing");
      expect(await readiness(cluster)).toEqual(ready);
    } finally {
      cluster.link.flow();
    }
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
  });

  it("hang, and new ones, too: a Service in a new namespace is refused within seconds, and no other", async () => {
    const name = await picking(cluster, "frozen", "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    cluster.link.stall("all");
    try {
      const fresh = await picking(cluster, "frozen-fresh", "public");
      expect(await schemeIn(cluster, name)).toBe("internal");
      expect(await cluster.create(service(fresh))).toEqual({
        code: 1,
        stdout: "",
        stderr: expect.stringMatching(validateFailed),
      });
    } finally {
      cluster.link.flow();
    }
    await expect.poll(() => schemeIn(cluster, "frozen-fresh"), heals).toBe("internet-facing");
  });
});

describe("what is answered", () => {
  it.each([
    { what: "a page of a proxy", reason: "unreadable", answer: html },
    { what: "a proxy's own fault", reason: "server-error", answer: { ...html, status: 502 } },
    { what: "bytes that mean nothing", reason: "unreadable", answer: { status: 200, body: "\u0000\u0001\u0002\n" } },
    { what: "half an event", reason: "cut-off", answer: { status: 200, body: '{"type":"ADDED","obj' } },
    { what: "an answer for somebody else", reason: "unreadable", answer: { status: 200, body: '{"kind":"Pod"}\n' } },
  ])("is $what: the labels of before count, and those of now as soon as it ends", async ({ reason, answer }) => {
    const name = await picking(cluster, `garbage-${reason}-${answer.body.length}`, "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    const before = await restarts(cluster, reason);

    intercept(({ path }) => (isNamespaces(path) ? answer : undefined));
    cluster.link.cut();
    await expect.poll(() => restarts(cluster, reason), heals).toBeGreaterThan(before);
    await pick(cluster, name, "public");
    expect(await schemeIn(cluster, name)).toBe("internal");
    expect(await readiness(cluster)).toEqual(ready);

    cluster.gateway.passOn();
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
  });

  it.each([
    { how: "410 Gone", answer: { status: 410, body: JSON.stringify(expired) } },
    {
      how: "an ERROR event",
      answer: {
        status: 200,
        body: `${JSON.stringify({ type: "ERROR", object: expired })}\n`,
        hangs: true,
      },
    },
  ])("is that the history is gone, by $how: everything is listed again at once", async ({ how, answer }) => {
    const name = await picking(cluster, `gone-${how.length}`, "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    const before = await restarts(cluster, "gone");

    let given = 0;
    intercept(({ kind, path }) => (kind === "watch" && isNamespaces(path) && given++ === 0 ? answer : undefined));
    cluster.link.cut();
    await pick(cluster, name, "public");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
    expect(await restarts(cluster, "gone")).toBe(before + 1);
  });

  it("is that there are too many requests: asked again when it is told to", async () => {
    const name = await picking(cluster, "throttled", "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    const before = await restarts(cluster, "throttled");

    const refusal = { ...expired, reason: "TooManyRequests", code: 429, message: "the server is busy" };
    const answer = { status: 429, headers: { "retry-after": "1" }, body: JSON.stringify(refusal) };
    intercept(({ path }) => (isNamespaces(path) ? answer : undefined));
    cluster.link.cut();
    await expect.poll(() => restarts(cluster, "throttled"), heals).toBeGreaterThan(before + 1);
    await pick(cluster, name, "public");
    expect(await schemeIn(cluster, name)).toBe("internal");

    cluster.gateway.passOn();
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
  });
});
