import { request as httpRequest } from "node:http";
import type { Agent, IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { agentPool } from "./agent-pool.ts";
import { ApiFailure } from "./api-failure.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { inClusterCredentials } from "./credentials.ts";
import type { Access, Credentials, InClusterOptions } from "./credentials.ts";
import { unlessAborted, withDeadline } from "./deadline.ts";
import { kubeconfigCredentials } from "./kubeconfig.ts";
import { splitLines } from "./lines.ts";

/** Talks to one API server. Nothing else in the program opens a connection to it. Every failure is an ApiFailure. */
export interface ApiClient {
  /** One whole answer, of any status. */
  get(path: string, options?: GetOptions): Promise<ApiResponse>;
  /**
   * Sends a body, and gives the whole answer, of any status. It may be sent twice where a kept connection broke: what is
   * written must bear that, as a body with a resourceVersion, a merge patch and a dry run do.
   */
  write(method: "POST" | "PUT" | "PATCH", path: string, options: WriteOptions): Promise<ApiResponse>;
  /** Hands over each line of a 200 answer until it ends. An exception from onLine ends the stream and is passed on. */
  stream(path: string, options: StreamOptions): Promise<ApiResponse>;
  close(): void;
}

interface GetOptions {
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bounds the whole exchange, credentials included. 10 s when left out. */
  readonly timeoutMs?: number | undefined;
  /** 4 MiB when left out: more than twice what etcd accepts as one object. */
  readonly maxBytes?: number | undefined;
}

export interface WriteOptions extends GetOptions {
  readonly body: string;
  /** application/json when left out; a patch has a type of its own, such as application/merge-patch+json. */
  readonly contentType?: string | undefined;
}

interface StreamOptions {
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The stream fails when nothing arrives for so long, also before the answer's head. */
  readonly idleTimeoutMs: number;
  readonly onOpen?: () => void;
  readonly onLine: (line: string) => void;
}

export interface ApiResponse {
  readonly status: number;
  /** Empty for a stream that was opened: its lines have been handed over. */
  readonly body: string;
  readonly retryAfterMs: number | undefined;
  /** What the server tells the user beside the answer, such as a webhook's warnings, without quoting. */
  readonly warnings: readonly string[];
}

interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly accept?: string | undefined;
  readonly body?: string;
  readonly contentType?: string | undefined;
}

export interface ConnectOptions {
  /** A kubeconfig file, whose current context is used. undefined: the Pod's own service account. */
  readonly kubeconfig?: string | undefined;
  readonly inCluster?: InClusterOptions | undefined;
  readonly clock?: Clock | undefined;
}

/** A plugin may take a person through a login in the browser, but must not keep us from saying that it hangs. */
const credentialsTimeoutMs = 60_000;
const defaultTimeoutMs = 10_000;
const defaultMaxBytes = 4 * 2 ** 20;
/** A kept connection may have been closed by the server just as we used it. More than two such in a row is another trouble. */
const staleConnectionRetries = 2;

/** Reads the credentials once, so that a wrong path or a missing context is said at start. Sends no request. */
export async function connect(options: ConnectOptions): Promise<ApiClient> {
  const credentials =
    options.kubeconfig === undefined
      ? inClusterCredentials(options.inCluster)
      : kubeconfigCredentials(options.kubeconfig);
  const clock = options.clock ?? systemClock;
  await withDeadline(clock, credentialsTimeoutMs, undefined, "reading the credentials", (aborted) =>
    unlessAborted(credentials.read({ refused: false }), aborted),
  );
  return apiClient(credentials, clock);
}

export function apiClient(credentials: Credentials, clock: Clock): ApiClient {
  const agents = agentPool();

  async function open(request: Request, signal: AbortSignal): Promise<IncomingMessage> {
    const access = await unlessAborted(credentials.read({ refused: false }), signal);
    const response = await send(agents.agentFor(access), access, request, signal);
    if (response.statusCode !== 401) return response;
    const renewed = await unlessAborted(credentials.read({ refused: true }), signal);
    if (access.headers["authorization"] === renewed.headers["authorization"] && access.tls.cert === renewed.tls.cert)
      return response;
    // Unread, its connection would stay taken for ever.
    response.destroy();
    return send(agents.agentFor(renewed), renewed, request, signal);
  }

  function exchange(request: Request, options: GetOptions): Promise<ApiResponse> {
    const { signal, timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = options;
    const about = `${request.method} ${request.path}`;
    return withDeadline(clock, timeoutMs, signal, about, async (aborted) => {
      const response = await open(request, aborted);
      return answer(response, await readBody(response, maxBytes, about));
    });
  }

  return {
    get: (path, options = {}) => exchange({ method: "GET", path, accept: options.accept }, options),
    write(method, path, { body, contentType = "application/json", ...options }) {
      return exchange({ method, path, body, contentType, accept: options.accept }, options);
    },
    stream(path, { accept, signal, idleTimeoutMs, onOpen, onLine }) {
      return withDeadline(clock, idleTimeoutMs, signal, `GET ${path}`, async (aborted, extend) => {
        const response = await open({ method: "GET", path, accept }, aborted);
        if (response.statusCode !== 200) {
          return answer(response, await readBody(response, defaultMaxBytes, `GET ${path}`));
        }
        onOpen?.();
        extend();
        const rest = await splitLines(response, onLine, extend);
        if (rest !== "") throw new ApiFailure("cut-off", `GET ${path}: the answer ended in the middle of a line`);
        return answer(response, "");
      });
    },
    close: () => agents.close(),
  };
}

function send(
  agent: Agent,
  access: Access,
  request: Request,
  signal: AbortSignal,
  retries = staleConnectionRetries,
): Promise<IncomingMessage> {
  const { method, path, accept = "application/json", body, contentType } = request;
  const url = new URL(access.server.pathname.replace(/\/$/, "") + path, access.server);
  const content =
    body === undefined ? {} : { "content-type": contentType, "content-length": String(Buffer.byteLength(body)) };
  const headers = { ...access.headers, accept, "user-agent": "dualstack-webhook", ...content };
  return new Promise((resolve, reject) => {
    const start = url.protocol === "http:" ? httpRequest : httpsRequest;
    let answered = false;
    const sent = start(url, { agent, headers, signal, method }, (response) => {
      answered = true;
      resolve(response);
    });
    sent.on("error", (error) => {
      // The answer fails, too, and its reader hears of it: nobody would wait for another one.
      if (answered) return;
      if (sent.reusedSocket && isStaleConnection(error) && retries > 0 && !signal.aborted) {
        resolve(send(agent, access, request, signal, retries - 1));
      } else {
        reject(error);
      }
    });
    sent.end(body);
  });
}

function isStaleConnection(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

async function readBody(response: IncomingMessage, maxBytes: number, about: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw new ApiFailure("too-large", `${about}: the answer is larger than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: IncomingMessage, body: string): ApiResponse {
  const seconds = response.headers["retry-after"];
  const retryAfterMs = seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
  return { status: response.statusCode ?? 0, body, retryAfterMs, warnings: warningsOf(response) };
}

/** Each header is `299 - "text"`, the text quoted as RFC 9110 has it (apimachinery pkg/util/net/http.go, ParseWarningHeaders). */
function warningsOf({ headersDistinct }: IncomingMessage): readonly string[] {
  return (headersDistinct["warning"] ?? []).flatMap((header) =>
    [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replaceAll(/\\(.)/g, "$1")),
  );
}
