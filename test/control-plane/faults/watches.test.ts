/** The program's way to its API server fails. Users see the labels of before, and those of now as soon as it heals, by itself. */
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ApiProxy } from "../api-proxy.ts";
import { service } from "../kubernetes.ts";
import { freePort } from "../start.ts";
import { heardAt, pick, picking, readiness, restarts, schemeIn, startFaultyCluster } from "./faulty-cluster.ts";
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

/** Makes a namespace that picks the internal policy, and of which the watch, not only a live read, has told. */
async function known(name: string): Promise<string> {
  const since = Date.now();
  await picking(cluster, name, "internal");
  await expect.poll(() => heardAt(cluster), heals).toBeGreaterThan(since);
  await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
  return name;
}

describe("connections to the API server", () => {
  it("are reset: a label that changes at that moment counts within seconds", async () => {
    const name = await known("reset");
    const before = await restarts(cluster, "connection");

    cluster.link.cut();
    await pick(cluster, name, "public");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
    expect(await restarts(cluster, "connection")).toBeGreaterThan(before);
    expect(await readiness(cluster)).toEqual(ready);
  });

  it("are refused: what is known is decided as before, what is new is refused in words, and heals", async () => {
    const name = await known("refused");
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
    const name = await known("hanging");
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
    const name = await known("frozen");
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
    { what: "a proxy's 404", reason: "unexpected-status", answer: { status: 404, body: "default backend - 404" } },
    { what: "an answer for somebody else", reason: "unreadable", answer: { status: 200, body: '{"kind":"Pod"}\n' } },
  ])("is $what: the labels of before count, and those of now as soon as it ends", async ({ reason, answer }) => {
    const name = await known(`garbage-${reason}-${answer.body.length}`);
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
    const name = await known(`gone-${how.length}`);
    const before = await restarts(cluster, "gone");

    let given = 0;
    intercept(({ kind, path }) => (kind === "watch" && isNamespaces(path) && given++ === 0 ? answer : undefined));
    cluster.link.cut();
    await pick(cluster, name, "public");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
    expect(await restarts(cluster, "gone")).toBe(before + 1);
  });

  it("is that the history is gone in the middle of a list: it is read again from its beginning", async () => {
    const name = await known("gone-between-pages");
    const seen = cluster.gateway.requests.length;
    const listed = () =>
      cluster.gateway.requests.slice(seen).filter(({ kind, path }) => kind === "list" && isNamespaces(path));

    let given = 0;
    cluster.gateway.shortenPages(2);
    intercept(({ kind, path, query }) => {
      const isAsked = isNamespaces(path) && (kind === "watch" ? given === 0 : given === 1 && query.has("continue"));
      if (!isAsked) return undefined;
      given += 1;
      return { status: 410, body: JSON.stringify(expired) };
    });
    cluster.link.cut();
    await pick(cluster, name, "public");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
    const pages = listed().map(({ query }) => query.has("continue"));
    expect(pages.slice(0, 4)).toEqual([false, true, false, true]);
    expect(pages.filter((isLater) => !isLater)).toHaveLength(2);
  });

  it("is a list of pages that hang: what was known stays in force until the last one has come", async () => {
    const name = await known("hanging-page");
    let given = 0;
    let hanging = 0;
    cluster.gateway.shortenPages(2);
    intercept(({ kind, path, query }) => {
      if (!isNamespaces(path)) return undefined;
      if (kind === "watch" && given++ === 0) return { status: 410, body: JSON.stringify(expired) };
      if (!query.has("continue")) return undefined;
      hanging += 1;
      return { status: 200, body: '{"kind":', hangs: true };
    });
    cluster.link.cut();
    await pick(cluster, name, "public");
    await expect.poll(() => hanging, heals).toBeGreaterThan(0);
    expect(await schemeIn(cluster, name)).toBe("internal");
    expect(await schemeIn(cluster, "default")).toBe("");

    cluster.gateway.passOn();
    cluster.link.cut();
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internet-facing");
  });

  it("is a page of a proxy where a new namespace is read: nothing is concluded from it", async () => {
    let reads = 0;
    intercept(({ kind, path }) => {
      if (isNamespaces(path)) return { status: 503, body: "" };
      if (kind === "watch" || !path.startsWith("/api/v1/namespaces/")) return undefined;
      reads += 1;
      return { status: 404, body: "404 page not found\n" };
    });
    cluster.link.cut();
    const fresh = await picking(cluster, "unread", "public");
    expect(await cluster.create(service(fresh))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(validateFailed),
    });
    expect(reads).toBeGreaterThan(0);

    cluster.gateway.passOn();
    await expect.poll(() => schemeIn(cluster, fresh), heals).toBe("internet-facing");
  });

  it("is that there are too many requests: asked again when it is told to", async () => {
    const name = await known("throttled");
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
