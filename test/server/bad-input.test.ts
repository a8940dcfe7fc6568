import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { HTTPMethods } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { rawIngress, rawService } from "../support/subjects.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

const json = { "content-type": "application/json" };
const good = reviewOf(rawService({}));

/** Sends one bad request and then a good one to the same server: a crash or a hang shows in either. */
async function send(payload: string, headers: Record<string, string> = json, url = "/validate") {
  const built = buildApp();
  const reply = await built.app.inject({ method: "POST", url, headers, payload });
  const next = await built.app.inject({ method: "POST", url: "/mutate", headers: json, payload: JSON.stringify(good) });
  expect(next.statusCode).toBe(200);
  expect(next.json()).toMatchObject({ response: { uid: "7f3c", allowed: true } });
  return { ...built, reply };
}

describe("a body that is no admission review", () => {
  it.each<[string, string, string]>([
    ["nothing", "", "body"],
    ["cut-off JSON", JSON.stringify(good).slice(0, -20), "the body is not JSON"],
    ["not JSON", "kind: AdmissionReview", "the body is not JSON"],
    ["a list", "[]", "the body must be an AdmissionReview object"],
    ["null", "null", "the body must be an AdmissionReview object"],
    ["another kind", '{"apiVersion":"admission.k8s.io/v1","kind":"Pod"}', 'kind must be "AdmissionReview", not "Pod"'],
    [
      "v1beta1",
      JSON.stringify({ ...good, apiVersion: "admission.k8s.io/v1beta1" }),
      'apiVersion must be "admission.k8s.io/v1", not "admission.k8s.io/v1beta1"',
    ],
    ["no request", JSON.stringify({ ...good, request: undefined }), "request must be an object"],
    [
      "no uid",
      JSON.stringify({ ...good, request: { ...good.request, uid: "" } }),
      "request.uid must be a string that is not empty",
    ],
    [
      "no object",
      JSON.stringify({ ...good, request: { ...good.request, object: null } }),
      "request.object: must be an object, not null",
    ],
    [
      "an update without the stored object",
      JSON.stringify({ ...good, request: { ...good.request, operation: "UPDATE" } }),
      "request.oldObject: must be an object on an UPDATE, not null",
    ],
    [
      "an object without metadata",
      withObject({ metadata: undefined }),
      "request.object.metadata: must be an object, and it is missing",
    ],
    [
      "annotations that are not strings",
      withObject({ metadata: { name: "web", annotations: { a: 1 } } }),
      "request.object.metadata.annotations[a]: must be a string, not a number",
    ],
    [
      "annotations that are a list",
      withObject({ metadata: { annotations: ["a"] } }),
      "request.object.metadata.annotations: must be an object, not a list",
    ],
    [
      "ports that are no list",
      withObject({ spec: { type: "LoadBalancer", ports: {} } }),
      "request.object.spec.ports: must be a list, not an object",
    ],
    [
      "a name that is no string, on the object that has to give it",
      withRequest({ name: "", object: { ...rawService({}), metadata: { name: true } } }),
      "request.object.metadata.name: must be a string, not a boolean",
    ],
    [
      "a stored object with a port that is no number",
      withOldObject({ spec: { type: "LoadBalancer", ports: [{ port: 80 }, { port: "http" }] } }),
      "request.oldObject.spec.ports[1].port: must be a number, not a string",
    ],
    [
      "a stored object with an annotation that is no string, under a key like a path",
      withOldObject({ metadata: { name: "web", annotations: { "a.b/c[0].d]\n": [] } } }),
      "request.oldObject.metadata.annotations[a.b/c[0].d] ]: must be a string, not a list",
    ],
    [
      "a stored Ingress with a class that is no string",
      JSON.stringify(
        reviewOf(rawIngress({}), {
          operation: "UPDATE",
          oldObject: { ...rawIngress({}), spec: { ingressClassName: 7 } },
        }),
      ),
      "request.oldObject.spec.ingressClassName: must be a string, not a number",
    ],
  ])("%s: 400 with a Status that says why", async (_name, body, message) => {
    const { reply, failed, logged } = await send(body);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ kind: "Status", apiVersion: "v1", status: "Failure", code: 400 });
    expect(reply.json().message).toContain(message);
    expect(reply.body).not.toMatch(/ at .*\.[jt]s|<html/i);
    expect(failed).toEqual(["bad-request"]);
    expect(logged).toHaveLength(1);
  });

  it.each<[string, object]>([
    ["request.operation: must be a string that is not empty, not a number", { operation: 1 }],
    ["request.operation: must be a string that is not empty, not a list", { operation: ["CREATE"] }],
    ["request.operation: must be a string that is not empty, and it is missing", { operation: undefined }],
    ["request.operation: must be a string that is not empty, not an empty string", { operation: "" }],
    ["request.kind: must be an object, not a string", { kind: "Service" }],
    ["request.kind.kind: must be a string that is not empty, and it is missing", { kind: undefined }],
    ["request.kind.kind: must be a string that is not empty, not null", { kind: { version: "v1", kind: null } }],
    [
      "request.kind.version: must be a string that is not empty, not a number",
      { kind: { group: "", version: 1, kind: "Service" } },
    ],
    ["request.kind.group: must be a string, not a boolean", { kind: { group: false, version: "v1", kind: "Service" } }],
    ["request.namespace: must be a string, not a number", { namespace: 7 }],
    ["request.name: must be a string, not an object", { name: { a: "b" } }],
    ["request.subResource: must be a string, not a boolean", { subResource: true }],
    ["request.dryRun: must be a boolean, not a string", { dryRun: "true" }],
    ["request.userInfo: must be an object, not a string", { userInfo: "alice" }],
    ["request.userInfo.username: must be a string, not a number", { userInfo: { username: 0 } }],
    ["request.uid must be a string that is not empty, not a number", { uid: 5 }],
  ])("400: %s", async (message, request) => {
    for (const url of ["/mutate", "/validate"]) {
      const { reply, failed } = await send(withRequest(request), json, url);
      expect([reply.statusCode, reply.json().message]).toEqual([400, message]);
      expect(failed).toEqual(["bad-request"]);
    }
  });

  it("is judged where the API server has left out what is empty, or written null", async () => {
    const { uid, object, operation } = good.request;
    const kind = { version: "v1", kind: "Service" };
    const least = { uid, operation, kind, object };
    const nulls = {
      ...least,
      namespace: null,
      name: null,
      subResource: null,
      dryRun: null,
      userInfo: { username: null },
    };
    for (const request of [least, nulls]) {
      const { reply } = await send(JSON.stringify({ ...good, request }), json, "/mutate");
      expect(reply.json()).toMatchObject({ response: { uid: "7f3c", allowed: true, patchType: "JSONPatch" } });
    }
  });

  it("is named shortly, however long its key is", async () => {
    const { reply, logged } = await send(withObject({ metadata: { annotations: { ["k".repeat(1_000_000)]: 1 } } }));
    expect(reply.statusCode).toBe(400);
    expect(reply.body.length).toBeLessThan(1000);
    expect(JSON.stringify(logged).length).toBeLessThan(1000);
  });

  it("echoes the uid where it is known", async () => {
    const { reply } = await send(withObject({ metadata: undefined }));
    expect(reply.json().details).toEqual({ uid: "7f3c" });
  });

  it("of another content type: 415", async () => {
    const { reply } = await send(JSON.stringify(good), { "content-type": "application/yaml" });
    expect(reply.statusCode).toBe(415);
    expect(reply.json()).toMatchObject({ kind: "Status", code: 415 });
  });

  it("with a charset in its content type is read", async () => {
    const { reply } = await send(
      JSON.stringify(good),
      { "content-type": "application/json; charset=utf-8" },
      "/mutate",
    );
    expect(reply.statusCode).toBe(200);
  });

  it("of more than 8 MiB: 413, and just below it is read", async () => {
    const big = (bytes: number) => withObject({ metadata: { name: "web", annotations: { big: "x".repeat(bytes) } } });
    const { reply } = await send(big(8 * 1024 * 1024));
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toMatchObject({ kind: "Status", code: 413 });
    const below = await send(big(8 * 1024 * 1024 - 2000), json, "/mutate");
    expect(below.reply.statusCode).toBe(200);
  });

  it.each<[HTTPMethods, string, number]>([
    ["GET", "/mutate", 405],
    ["GET", "/validate?timeout=5s", 405],
    ["PUT", "/validate", 405],
    ["DELETE", "/mutate", 405],
    ["OPTIONS", "/mutate", 405],
    ["POST", "/", 404],
    ["GET", "/", 404],
    ["POST", "/mutate/", 404],
    ["POST", "/mutated", 404],
    ["GET", "/readyz", 404],
  ])("%s %s: %i, without a look at the body", async (method, url, code) => {
    const { app, failed, logged } = buildApp();
    const reply = await app.inject({ method, url, headers: json, payload: "no JSON" });
    expect(reply.statusCode).toBe(code);
    expect(reply.headers["allow"]).toBe(code === 405 ? "POST" : undefined);
    expect(reply.json()).toMatchObject({
      kind: "Status",
      code,
      reason: code === 405 ? "MethodNotAllowed" : "NotFound",
      message: `${method} ${url}: there are POST /mutate and POST /validate`,
    });
    expect(failed).toEqual(["bad-request"]);
    expect(logged).toMatchObject([{ code }]);
  });
});

it("HEAD is not allowed either", async () => {
  const { app, failed } = buildApp();
  const { statusCode, headers } = await app.inject({ method: "HEAD", url: "/mutate" });
  expect([statusCode, headers["allow"], failed]).toEqual([405, "POST", ["bad-request"]]);
});

describe("an object that is odd but possible", () => {
  it("annotations that are null are none", async () => {
    const { reply } = await send(withObject({ metadata: { name: "web", annotations: null } }), json, "/mutate");
    expect(reply.statusCode).toBe(200);
    expect(reply.json().response.patch).toBeDefined();
  });

  it("thousands of annotations", async () => {
    const annotations = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`example.com/a${index}`, "x"]));
    const { reply } = await send(withObject({ metadata: { name: "web", annotations } }), json, "/mutate");
    expect(reply.json().response.allowed).toBe(true);
  });

  it("__proto__ and constructor keys are annotations like others", async () => {
    const spec = { type: "LoadBalancer", loadBalancerClass: "service.k8s.aws/nlb" };
    const body = withObject({ metadata: { name: "web", annotations: "@" }, spec }).replace(
      '"@"',
      `{"__proto__":"x","constructor":"y","${nlb.scheme}":"public"}`,
    );
    const { reply } = await send(body);
    expect(reply.json().response.status.message).toContain("invalid-enumeration");
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  it("a lone surrogate in a value reaches the message as a replacement character", async () => {
    const spec = { type: "LoadBalancer", loadBalancerClass: "service.k8s.aws/nlb" };
    const body = withObject({ metadata: { name: "web", annotations: { [nlb.scheme]: "@" } }, spec }).replace(
      '"@"',
      '"\\ud800"',
    );
    const { reply } = await send(body);
    expect(reply.json().response.status.message).toContain('"\ufffd"');
  });
});

describe("a slow or broken connection", () => {
  const open: Socket[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });

  it("a body that is cut off does not hurt the next request", async () => {
    const { app, failed } = buildApp();
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    open.push(socket);
    socket.on("error", () => undefined);
    socket.write(
      'POST /validate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":',
    );
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.destroy();
    const next = await fetch(`http://127.0.0.1:${port}/mutate`, {
      method: "POST",
      headers: json,
      body: JSON.stringify(good),
    });
    expect(next.status).toBe(200);
    expect(failed).toEqual(["bad-request"]);
    await app.close();
  });

  it("times and limits are what the API server's client needs", () => {
    const { app } = buildApp();
    expect(app.server.keepAliveTimeout).toBeGreaterThanOrEqual(120_000);
    expect(app.server.requestTimeout).toBe(30_000);
    expect(app.server.headersTimeout).toBeLessThanOrEqual(30_000);
  });
});

function withObject(overlay: object): string {
  return withRequest({ object: { ...rawService({}), ...overlay } });
}

function withOldObject(overlay: object): string {
  return withRequest({ operation: "UPDATE", oldObject: { ...rawService({}), ...overlay } });
}

function withRequest(overlay: object): string {
  return JSON.stringify({ ...good, request: { ...good.request, ...overlay } });
}
