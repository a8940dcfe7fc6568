/** Stands before an API server as proxies and gateways do: speaks plain HTTP, passes requests on, and answers some of them itself. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import type { ControlPlane } from "./start.ts";

export interface ApiProxy {
  readonly port: number;
  /** What came in, in order. */
  readonly requests: readonly ApiRequest[];
  /** Asked for each request; where it gives an answer, the API server does not hear of it. Takes the place of the one before. */
  intercept(answerOf: (request: ApiRequest) => Answer | undefined): void;
  /** Everything is passed on again, as it is. */
  passOn(): void;
  /** The API server is asked for pages of so many objects, whatever the program asks for. */
  shortenPages(limit: number): void;
  close(): void;
}

interface ApiRequest {
  readonly kind: "list" | "watch" | "other";
  readonly path: string;
  readonly query: URLSearchParams;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Nothing follows the body, not even its end. */
  readonly hangs?: boolean;
}

export async function apiProxy(plane: ControlPlane): Promise<ApiProxy> {
  const requests: ApiRequest[] = [];
  let answerOf: (request: ApiRequest) => Answer | undefined = () => undefined;
  let pageSize: number | undefined;
  const server = createServer((request, response) => {
    const seen = describe(request);
    requests.push(seen);
    const own = answerOf(seen);
    if (own !== undefined) {
      give(response, own);
      return;
    }
    if (pageSize !== undefined && seen.kind === "list") seen.query.set("limit", String(pageSize));
    forward(request, response, new URL(`${seen.path}?${seen.query.toString()}`, plane.url), plane);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    intercept(next) {
      answerOf = next;
    },
    passOn() {
      answerOf = () => undefined;
      pageSize = undefined;
    },
    shortenPages(limit) {
      pageSize = limit;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function describe({ url = "/" }: IncomingMessage): ApiRequest {
  const { pathname, searchParams } = new URL(url, "http://proxy");
  const isWatch = searchParams.get("watch") === "true";
  return {
    kind: isWatch ? "watch" : searchParams.has("limit") ? "list" : "other",
    path: pathname,
    query: searchParams,
  };
}

function give(response: ServerResponse, { status, headers = {}, body, hangs = false }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  if (hangs) response.write(body);
  else response.end(body);
}

function forward(request: IncomingMessage, response: ServerResponse, to: URL, { caPem }: ControlPlane): void {
  const { method = "GET", headers } = request;
  const upstream = httpsRequest(to, { method, headers, ca: caPem }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", () => response.destroy());
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}
