/**
 * As much of an API server as the webhook's caches ask for: lists in pages, and watches in which nothing happens. Its
 * arguments are a certificate and a key as PEM, how many namespaces there are and how many of each other kind; it says its
 * port to the process that started it.
 */
import { createServer } from "node:https";
import { albClass, groups, ingress, inNamespace, namespace, service, shop } from "./cluster-objects.ts";

interface Collection {
  readonly count: number;
  readonly at: (index: number) => object;
}

const [, , cert, key, namespacesText, othersText] = process.argv;
const namespaces = Number(namespacesText);
const others = Number(othersText);

const members = groups.flatMap(({ name, others: count }) =>
  Array.from({ length: count }, (_, index) => ingress(`team-${index}`, name)),
);

const collections: Readonly<Record<string, Collection>> = {
  "/api/v1/namespaces": {
    count: namespaces + 1,
    at: (index) => namespace(index === namespaces ? shop : inNamespace(index)),
  },
  "/api/v1/services": {
    count: others + 1,
    at: (index) => service(index === others ? shop : inNamespace(index)),
  },
  "/apis/networking.k8s.io/v1/ingresses": {
    count: others + members.length,
    at: (index) => members[index - others] ?? ingress(inNamespace(index), undefined),
  },
  "/apis/networking.k8s.io/v1/ingressclasses": { count: 1, at: () => albClass },
};

const resourceVersion = "1000";
const server = createServer({ cert, key }, (request, response) => {
  const url = new URL(request.url ?? "/", "https://localhost");
  const collection = Object.hasOwn(collections, url.pathname) ? collections[url.pathname] : undefined;
  response.setHeader("content-type", "application/json");
  if (collection === undefined) {
    response.statusCode = 404;
    response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", reason: "NotFound", code: 404 }));
  } else if (url.searchParams.get("watch") === "true") {
    response.flushHeaders();
  } else {
    response.end(JSON.stringify(page(collection, url.searchParams)));
  }
});
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" ? address?.port : undefined });
});

function page({ count, at }: Collection, query: URLSearchParams): object {
  const start = Number(query.get("continue") ?? 0);
  const end = Math.min(count, start + Number(query.get("limit") ?? count));
  const items = Array.from({ length: end - start }, (_, index) => at(start + index));
  const metadata = { resourceVersion, ...(end < count ? { continue: String(end) } : {}) };
  return { kind: "List", apiVersion: "v1", metadata, items };
}
