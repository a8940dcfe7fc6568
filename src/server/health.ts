import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** true, or why not, as a few words. */
type Check = () => true | string;

export interface HealthOptions {
  /** What readiness asks, in the order in which it is shown. Liveness asks nothing: that the event loop turns is enough. */
  readonly checks: Readonly<Record<string, Check>>;
  readonly metrics: { readonly contentType: string; readonly render: () => Promise<string> };
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Probes and metrics over plain HTTP, on a port of their own so that TLS trouble does not look like death. */
export function buildHealthServer(options: HealthOptions): Server {
  // Probes and scrapers send a line and a few headers: who takes longer than this is stuck.
  return createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, options).then(
      (ready) => send(response, ready),
      () => send(response, { status: 500, body: "internal error\n" }),
    );
  });
}

function send(response: ServerResponse, { status, body, type }: Answer): void {
  const headers = {
    "content-type": type ?? "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(status === 405 ? { allow: "GET, HEAD" } : {}),
  };
  response.writeHead(status, headers).end(body);
}

async function answer(request: IncomingMessage, { checks, metrics }: HealthOptions): Promise<Answer> {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const known = ["/livez", "/healthz", "/readyz", "/metrics"].includes(path);
  if (!known) return { status: 404, body: "not found: try /livez, /readyz or /metrics\n" };
  if (request.method !== "GET" && request.method !== "HEAD") return { status: 405, body: "only GET and HEAD\n" };
  if (path === "/metrics") return { status: 200, body: await metrics.render(), type: metrics.contentType };
  return probe(path.slice(1), path === "/readyz" ? checks : {}, new URLSearchParams(query));
}

/** In the words of the API server's own probes, since its readers know them. */
function probe(name: string, checks: HealthOptions["checks"], query: URLSearchParams): Answer {
  const excluded = query.getAll("exclude");
  const lines: string[] = [];
  let failed = false;
  for (const [checkName, check] of Object.entries(checks)) {
    const result = excluded.includes(checkName) ? "excluded" : run(check);
    if (result === true) lines.push(`[+]${checkName} ok`);
    else if (result === "excluded") lines.push(`[+]${checkName} excluded: ok`);
    else {
      failed = true;
      lines.push(`[-]${checkName} failed: ${result}`);
    }
  }
  const unknown = excluded
    .filter((excludedName) => !Object.hasOwn(checks, excludedName))
    .map((excludedName) => JSON.stringify(excludedName));
  if (unknown.length > 0)
    lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(", ")}`);
  if (failed) return { status: 503, body: `${lines.join("\n")}\n${name} check failed\n` };
  if (!query.has("verbose")) return { status: 200, body: "ok" };
  return { status: 200, body: [...lines, `${name} check passed\n`].join("\n") };
}

function run(check: Check): true | string {
  try {
    return check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
