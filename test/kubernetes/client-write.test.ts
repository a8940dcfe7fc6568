import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../src/kubernetes/client.ts";
import type { ApiClient } from "../../src/kubernetes/client.ts";
import { patientClock } from "../support/fast-clock.ts";

const path = "/apis/coordination.k8s.io/v1/namespaces/a/leases/b";

describe("writing", () => {
  it("sends the method, the body as it is and its type, and gives the whole answer", async () => {
    const seen: object[] = [];
    const client = await clientOf(async (request, response) => {
      const { method, url, headers } = request;
      const { authorization, "content-type": type, "content-length": length } = headers;
      seen.push({ method, url, authorization, type, length, body: await text(request) });
      response.writeHead(409, { "retry-after": "2" }).end("{}");
    });

    const patch = { body: '{"a":"ü"}', contentType: "application/merge-patch+json" };
    expect(await client.write("PATCH", path, patch)).toEqual({
      status: 409,
      body: "{}",
      retryAfterMs: 2000,
      warnings: [],
    });
    expect(await client.write("PUT", path, { body: "{}" })).toMatchObject({ status: 409 });
    expect(seen).toEqual([
      { method: "PATCH", url: path, authorization: "t", type: patch.contentType, length: "10", body: patch.body },
      { method: "PUT", url: path, authorization: "t", type: "application/json", length: "2", body: "{}" },
    ]);
  });

  it("gives the warnings without their quoting", async () => {
    const client = await clientOf((_request, response) => {
      response.setHeader("warning", ['299 - "say \\"on\\", or C:\\\\"', '299 - "one", 299 - "two"']);
      response.writeHead(201).end("{}");
    });
    expect(await client.write("POST", path, { body: "{}" })).toMatchObject({
      status: 201,
      warnings: ['say "on", or C:\\', "one", "two"],
    });
  });

  it("sends the body again where a kept connection breaks", async () => {
    const bodies: string[] = [];
    const client = await clientOf(async (request, response) => {
      bodies.push(await text(request));
      if (bodies.length === 2) request.socket.resetAndDestroy();
      else response.end("{}");
    });
    await client.write("PUT", path, { body: "1" });
    expect(await client.write("PUT", path, { body: "2" })).toMatchObject({ status: 200 });
    expect(bodies).toEqual(["1", "2", "2"]);
  });

  it("fails as a refused connection does for a reader", async () => {
    const client = await clientOf((request) => void request.socket.resetAndDestroy());
    await expect(client.write("PUT", path, { body: "1" })).rejects.toMatchObject({ reason: "connection" });
  });
});

async function clientOf(answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<ApiClient> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = server.address() as AddressInfo;
  const access = { server: new URL(`http://127.0.0.1:${port}`), headers: { authorization: "t" }, tls: {} };
  const client = apiClient({ read: () => Promise.resolve(access) }, patientClock());
  onTestFinished(() => {
    client.close();
    server.close();
    server.closeAllConnections();
  });
  return client;
}
