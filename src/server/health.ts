import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** true, or why not, as a few words. */
type Check = () => true | string;
/** What /readyz?verbose says beside a check that holds: a fault that is none of readiness. A few words. */
type Note = () => string | undefined;

export interface HealthOptions {
  /** What readiness asks, in the order in which it is shown. Liveness asks nothing: that the event loop turns is enough. */
  readonly checks: Readonly<Record<string, Check>>;
  /** By the name of a check, or by a name of their own, which is shown while there is a note. They never make anything unready. */
  readonly notes?: Readonly<Record<string, Note>>;
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

async function answer(request: IncomingMessage, { checks, notes = {}, metrics }: HealthOptions): Promise<Answer> {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const known = ["/livez", "/healthz", "/readyz", "/metrics"].includes(path);
  if (!known) return { status: 404, body: "not found: try /livez, /readyz or /metrics\n" };
  if (request.method !== "GET" && request.method !== "HEAD") return { status: 405, body: "only GET and HEAD\n" };
  if (path === "/metrics") return { status: 200, body: await metrics.render(), type: metrics.contentType };
  const asked = path === "/readyz" ? { checks, notes } : { checks: {}, notes: {} };
  return probe(path.slice(1), asked, new URLSearchParams(query));
}

interface Asked {
  readonly checks: HealthOptions["checks"];
  readonly notes: Readonly<Record<string, Note>>;
}

/** In the words of the API server's own probes, since its readers know them. */
function probe(name: string, { checks, notes }: Asked, query: URLSearchParams): Answer {
  const excluded = query.getAll("exclude");
  const lines: string[] = [];
  let failed = false;
  for (const checkName of new Set([...Object.keys(checks), ...Object.keys(notes)])) {
    const check = Object.hasOwn(checks, checkName) ? checks[checkName] : undefined;
    const note = Object.hasOwn(notes, checkName) ? run(() => notes[checkName]?.() ?? true) : true;
    // Nobody looked, so that "ok" would be a claim.
    if (check === undefined && note === true) continue;
    const result = excluded.includes(checkName) ? "excluded" : run(check ?? (() => true));
    if (result === true) lines.push(`[+]${checkName} ok${note === true ? "" : `: ${note}`}`);
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
