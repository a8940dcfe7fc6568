import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** A small API server with one collection, namespaces, and room for misbehaviour: each request can be scripted. */
export interface ApiServerStub {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  readonly openWatches: number;
  readonly openConnections: number;
  /** Scripts for the next requests of a kind, in order. When they are used up, the stub behaves well. */
  script(kind: RequestKind, ...scripts: Script[]): void;
  put(name: string, labels: Record<string, string>): void;
  remove(name: string): void;
  /** Sends a bookmark to each open watch; later watches must resume there. */
  bookmark(): void;
  /** Does something to each open watch, such as ending it. */
  eachWatch(act: (response: ServerResponse) => void): void;
  count(kind: RequestKind): number;
  /** Breaks every connection and refuses new ones until resume(). */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

type RequestKind = "list" | "watch" | "get";
export type Script = (response: ServerResponse, request: SeenRequest) => void;

interface SeenRequest {
  readonly kind: RequestKind;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly connection: number;
}

interface LoggedEvent {
  readonly version: number;
  readonly line: string;
}

export async function apiServerStub(): Promise<ApiServerStub> {
  const requests: SeenRequest[] = [];
  const scripts: Record<RequestKind, Script[]> = { list: [], watch: [], get: [] };
  const objects = new Map<string, object>();
  const watches = new Set<ServerResponse>();
  const connections = new Map<unknown, number>();
  let history: LoggedEvent[] = [];
  let version = 100;
  let openConnections = 0;

  const server = createServer((request, response) => {
    const seen = describe(request, connectionOf(request));
    requests.push(seen);
    const act = scripts[seen.kind].shift() ?? { list: answerList, watch: openWatch, get: answerGet }[seen.kind];
    act(response, seen);
  });

  server.on("connection", (socket) => {
    openConnections += 1;
    socket.on("close", () => {
      openConnections -= 1;
    });
  });

  function connectionOf(request: IncomingMessage): number {
    const known = connections.get(request.socket) ?? connections.size + 1;
    connections.set(request.socket, known);
    return known;
  }

  function answerList(response: ServerResponse, { query }: SeenRequest): void {
    const start = Number(query.get("continue") ?? 0);
    const end = start + Number(query.get("limit"));
    const items = [...objects.values()];
    const metadata = { resourceVersion: String(version), continue: end < items.length ? String(end) : undefined };
    json(200, { kind: "List", metadata, items: items.slice(start, end) })(response);
  }

  function openWatch(response: ServerResponse, { query }: SeenRequest): void {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    for (const event of history) if (event.version > Number(query.get("resourceVersion"))) response.write(event.line);
    watches.add(response);
    response.on("close", () => watches.delete(response));
  }

  function answerGet(response: ServerResponse, { path }: SeenRequest): void {
    const found = objects.get(path.split("/").at(-1) ?? "");
    if (found === undefined) json(404, { kind: "Status", reason: "NotFound", code: 404 })(response);
    else json(200, found)(response);
  }

  function record(type: string, object: object): void {
    const line = eventLine(type, object);
    history.push({ version, line });
    for (const watch of watches) watch.write(line);
  }

  await listen(0);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  onTestFinished(stop);

  function listen(at: number): Promise<void> {
    return new Promise((resolve) => {
      server.listen(at, "127.0.0.1", resolve);
    });
  }

  function stop(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    get openConnections() {
      return openConnections;
    },
    get openWatches() {
      return watches.size;
    },
    script(kind, ...more) {
      scripts[kind].push(...more);
    },
    put(name, labels) {
      const type = objects.has(name) ? "MODIFIED" : "ADDED";
      version += 1;
      objects.set(name, namespace(name, labels, version));
      record(type, namespace(name, labels, version));
    },
    remove(name) {
      version += 1;
      objects.delete(name);
      record("DELETED", namespace(name, {}, version));
    },
    bookmark() {
      version += 1;
      // Only the bookmark tells of this version: who does not note it asks for history that is gone.
      history = [];
      record("BOOKMARK", { metadata: { resourceVersion: String(version) } });
    },
    eachWatch(act) {
      for (const watch of watches) act(watch);
    },
    count: (kind) => requests.filter((request) => request.kind === kind).length,
    pause: stop,
    resume: () => listen(port),
  };
}

/** One line of a watch. */
export function eventLine(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

export function namespace(name: string, labels: Record<string, string>, version: number): object {
  return { metadata: { name, labels, resourceVersion: String(version) } };
}

/** Answers with a JSON document. */
export function json(status: number, body: object, headers: Record<string, string> = {}): (r: ServerResponse) => void {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers with something that no API server would say. */
export function text(status: number, body: string): Script {
  return (response) => {
    response.writeHead(status, { "content-type": "text/html" });
    response.end(body);
  };
}

/** Opens a watch, writes this, and then ends it well, breaks the connection or falls silent. */
export function watchThat(writes: string | Buffer, then: "ends" | "resets" | "hangs"): Script {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    if (writes.length > 0) response.write(writes);
    if (then === "ends") response.end();
    // Not at once: the client should have seen what was written.
    if (then === "resets") setImmediate(() => response.destroy());
  };
}

export const resets: Script = (response) => void response.destroy();
export const hangs: Script = () => {};

function describe(request: IncomingMessage, connection: number): SeenRequest {
  const url = new URL(request.url ?? "/", "http://stub");
  const isCollection = url.pathname.endsWith("/namespaces");
  const kind = !isCollection ? "get" : url.searchParams.get("watch") === "true" ? "watch" : "list";
  const { authorization, accept } = request.headers;
  return { kind, path: url.pathname, query: url.searchParams, authorization, accept, connection };
}
