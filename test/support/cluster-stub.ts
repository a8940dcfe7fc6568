import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { eventLine, json } from "./api-server-stub.ts";

/** A small API server with the collections that it is told to have. Each request to one can be scripted. */
export interface ClusterStub {
  readonly url: string;
  /** The paths of collections, in the order in which they were asked for. */
  readonly lists: readonly string[];
  readonly watches: readonly string[];
  openWatches(path: string): number;
  /** Collections that are not installed are answered with 404. */
  install(...paths: readonly string[]): void;
  /** Forgets the collection and its objects, and ends its watches without a word about them. */
  uninstall(path: string): void;
  /** The object's metadata must name it; the stub adds a resourceVersion. */
  put(path: string, object: StubObject): void;
  remove(path: string, object: StubObject): void;
  /** So many objects that are made anew for each list. */
  fill(path: string, count: number, make: (index: number) => StubObject): void;
  onRequest(listener: (query: URLSearchParams) => void): void;
  /** Answers the next requests in this way, in order; then the stub behaves well again. */
  script(kind: RequestKind, path: string, ...answers: readonly Answer[]): void;
  /** Ends the collection's watches in good order. */
  endWatches(path: string): void;
  /** Forgets what happened so far: watches that resume before now are answered with 410. */
  forgetHistory(path: string): void;
}

export interface StubObject {
  readonly metadata: { readonly namespace?: string; readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

type RequestKind = "list" | "watch";
type Answer = (response: ServerResponse) => void;

interface Collection {
  readonly objects: Map<string, object>;
  filling: { readonly count: number; readonly make: (index: number) => object } | undefined;
  readonly watches: Set<ServerResponse>;
  history: { readonly version: number; readonly line: string }[];
  historyFrom: number;
}

export async function clusterStub(): Promise<ClusterStub> {
  const collections = new Map<string, Collection>();
  const scripts = new Map<string, Answer[]>();
  const listeners: ((query: URLSearchParams) => void)[] = [];
  const lists: string[] = [];
  const watches: string[] = [];
  let version = 100;

  const server = createServer((request, response) => {
    const { path, query, kind } = parse(request);
    for (const listen of listeners) listen(query);
    // Of a list, the first page is what counts.
    if (kind === "watch") watches.push(path);
    else if (!query.has("continue")) lists.push(path);
    const scripted = scripts.get(`${kind} ${path}`)?.shift();
    const collection = collections.get(path);
    if (scripted !== undefined) scripted(response);
    else if (collection === undefined) unknownGroup(response);
    else if (kind === "watch") openWatch(collection, query, response);
    else answerList(collection, query, response);
  });

  function answerList({ objects, filling }: Collection, query: URLSearchParams, response: ServerResponse): void {
    const total = filling?.count ?? objects.size;
    const start = Number(query.get("continue") ?? 0);
    const end = Math.min(total, start + Number(query.get("limit")));
    const items =
      filling === undefined
        ? [...objects.values()].slice(start, end)
        : Array.from({ length: end - start }, (_, index) => filling.make(start + index));
    const metadata = { resourceVersion: String(version), continue: end < total ? String(end) : undefined };
    json(200, { kind: "List", metadata, items })(response);
  }

  function openWatch(collection: Collection, query: URLSearchParams, response: ServerResponse): void {
    const from = Number(query.get("resourceVersion"));
    if (from < collection.historyFrom) return json(410, { kind: "Status", code: 410 })(response);
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    for (const event of collection.history) if (event.version > from) response.write(event.line);
    collection.watches.add(response);
    response.on("close", () => collection.watches.delete(response));
  }

  function record(collection: Collection, type: string, object: object): void {
    const line = eventLine(type, object);
    collection.history.push({ version, line });
    for (const watch of collection.watches) watch.write(line);
  }

  function found(path: string): Collection {
    const collection = collections.get(path);
    if (collection === undefined) throw new Error(`${path} is not installed`);
    return collection;
  }

  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();

  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    lists,
    watches,
    openWatches: (path) => collections.get(path)?.watches.size ?? 0,
    install(...paths) {
      for (const path of paths) {
        collections.set(path, {
          objects: new Map(),
          filling: undefined,
          watches: new Set(),
          history: [],
          historyFrom: 0,
        });
      }
    },
    uninstall(path) {
      const gone = found(path);
      collections.delete(path);
      for (const watch of gone.watches) watch.end();
    },
    put(path, object) {
      const collection = found(path);
      const key = keyOf(object);
      const type = collection.objects.has(key) ? "MODIFIED" : "ADDED";
      version += 1;
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
      collection.objects.set(key, stored);
      record(collection, type, stored);
    },
    remove(path, object) {
      const collection = found(path);
      version += 1;
      collection.objects.delete(keyOf(object));
      record(collection, "DELETED", { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
    },
    fill(path, count, make) {
      found(path).filling = { count, make };
    },
    onRequest: (listener) => void listeners.push(listener),
    script(kind, path, ...answers) {
      const key = `${kind} ${path}`;
      scripts.set(key, [...(scripts.get(key) ?? []), ...answers]);
    },
    endWatches(path) {
      for (const watch of found(path).watches) watch.end();
    },
    forgetHistory(path) {
      const collection = found(path);
      version += 1;
      collection.history = [];
      collection.historyFrom = version;
    },
  };
}

/** As the API server answers for a group that it does not know. */
export function unknownGroup(response: ServerResponse): void {
  response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
  response.end("404 page not found\n");
}

function parse({ url }: IncomingMessage): {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly kind: RequestKind;
} {
  const { pathname, searchParams } = new URL(url ?? "/", "http://stub");
  return { path: pathname, query: searchParams, kind: searchParams.get("watch") === "true" ? "watch" : "list" };
}

function keyOf({ metadata: { namespace = "", name } }: StubObject): string {
  return `${namespace}/${name}`;
}
