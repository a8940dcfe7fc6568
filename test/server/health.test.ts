import type { Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildHealthServer } from "../../src/server/health.ts";

let server: Server;
let base: string;
/** Each test sets what readiness sees. */
let certificate: true | string;
let namespaces: () => true | string;
let notes: Record<string, () => string | undefined>;
let metrics: () => Promise<string>;

beforeEach(async () => {
  certificate = true;
  namespaces = () => true;
  notes = {};
  metrics = async () => "up 1\n";
  server = buildHealthServer({
    checks: { certificate: () => certificate, namespaces: () => namespaces() },
    notes,
    metrics: { contentType: "text/plain; version=0.0.4", render: () => metrics() },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("ready while every check says so", async () => {
  expect(await ask("/readyz")).toEqual([200, "ok"]);
});

test("not ready once one says why not, and the answer shows all of them", async () => {
  namespaces = () => "not listed yet";
  expect(await ask("/readyz")).toEqual([
    503,
    "[+]certificate ok\n[-]namespaces failed: not listed yet\nreadyz check failed\n",
  ]);
});

test("alive whatever readiness says", async () => {
  certificate = "expired";
  expect(await ask("/livez")).toEqual([200, "ok"]);
  expect(await ask("/healthz")).toEqual([200, "ok"]);
  expect((await ask("/readyz"))[0]).toBe(503);
});

test("verbose lists what was asked", async () => {
  expect(await ask("/readyz?verbose")).toEqual([200, "[+]certificate ok\n[+]namespaces ok\nreadyz check passed\n"]);
  expect(await ask("/livez?verbose")).toEqual([200, "livez check passed\n"]);
});

test("what is said beside the checks is shown, and makes nothing unready", async () => {
  notes["namespaces"] = () => "one is odd";
  notes["certificate"] = () => undefined;
  notes["policies"] = () => "2 in force";
  notes["canary"] = () => {
    throw new Error("it died");
  };
  const lines = "[+]certificate ok\n[+]namespaces ok: one is odd\n[+]policies ok: 2 in force\n[+]canary ok: it died\n";
  expect(await ask("/readyz?verbose")).toEqual([200, `${lines}readyz check passed\n`]);
  expect(await ask("/readyz")).toEqual([200, "ok"]);
  expect(await ask("/livez?verbose")).toEqual([200, "livez check passed\n"]);

  namespaces = () => "not listed yet";
  expect((await ask("/readyz"))[1]).toContain("[-]namespaces failed: not listed yet\n[+]policies ok: 2 in force\n");
});

test("what has no check is not called ok while there is nothing to say of it", async () => {
  notes["canary"] = () => undefined;
  const checksOnly = "[+]certificate ok\n[+]namespaces ok\n";
  expect(await ask("/readyz?verbose")).toEqual([200, `${checksOnly}readyz check passed\n`]);
  notes["canary"] = () => "proved";
  expect(await ask("/readyz?verbose")).toEqual([200, `${checksOnly}[+]canary ok: proved\nreadyz check passed\n`]);
});

test("an excluded check does not count, and an excluded name that is no check is pointed out", async () => {
  certificate = "expired";
  expect(await ask("/readyz?exclude=certificate")).toEqual([200, "ok"]);
  expect(await ask("/readyz?verbose&exclude=certificate&exclude=toString")).toEqual([
    200,
    [
      "[+]certificate excluded: ok",
      "[+]namespaces ok",
      'warn: some health checks cannot be excluded: no matches for "toString"',
      "readyz check passed\n",
    ].join("\n"),
  ]);
  expect((await ask("/readyz?exclude=namespaces"))[0]).toBe(503);
});

test("a check that throws is a check that fails", async () => {
  namespaces = () => {
    throw new Error("cache is gone");
  };
  expect(await ask("/readyz?exclude=certificate")).toEqual([
    503,
    "[+]certificate excluded: ok\n[-]namespaces failed: cache is gone\nreadyz check failed\n",
  ]);
});

test("metrics come with their own content type", async () => {
  const response = await fetch(`${base}/metrics`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4"]);
  expect(await response.text()).toBe("up 1\n");
});

test("metrics that cannot be had are an error, and the next request is answered", async () => {
  metrics = async () => {
    throw new Error("secret detail");
  };
  expect(await ask("/metrics")).toEqual([500, "internal error\n"]);
  expect(await ask("/livez")).toEqual([200, "ok"]);
});

test.each(["/", "/mutate", "/readyz/", "/Readyz", "/__proto__", "//metrics"])("%s is not found", async (path) => {
  expect(await ask(path)).toEqual([404, "not found: try /livez, /readyz or /metrics\n"]);
});

test("only GET and HEAD are answered", async () => {
  const refused = await fetch(`${base}/readyz`, { method: "POST", body: "x" });
  expect([refused.status, refused.headers.get("allow"), await refused.text()]).toEqual([
    405,
    "GET, HEAD",
    "only GET and HEAD\n",
  ]);
  const head = await fetch(`${base}/readyz`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "2", ""]);
});

test("what is not HTTP gets a 400, and the next request is answered", async () => {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("\x16\x03\x01 hello\r\n\r\n");
  const reply = await new Promise<string>((resolve) => socket.setEncoding("utf8").once("data", resolve));
  expect(reply).toMatch(/^HTTP\/1\.1 400 /);
  expect(await ask("/livez")).toEqual([200, "ok"]);
});

async function ask(path: string): Promise<[number, string]> {
  const response = await fetch(base + path);
  return [response.status, await response.text()];
}
