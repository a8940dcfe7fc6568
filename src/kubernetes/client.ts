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

/** Reads from one API server. Nothing else in the program opens a connection to it. Every failure is an ApiFailure. */
export interface ApiClient {
  /** One whole answer, of any status. */
  get(path: string, options?: GetOptions): Promise<ApiResponse>;
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

interface StreamOptions {
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The stream fails when nothing arrives for so long, also before the answer's head. */
  readonly idleTimeoutMs: number;
  readonly onOpen?: () => void;
  readonly onLine: (line: string) => void;
}

interface ApiResponse {
  readonly status: number;
  /** Empty for a stream that was opened: its lines have been handed over. */
  readonly body: string;
  readonly retryAfterMs: number | undefined;
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

  async function open(path: string, accept: string | undefined, signal: AbortSignal): Promise<IncomingMessage> {
    const access = await unlessAborted(credentials.read({ refused: false }), signal);
    const response = await send(agents.agentFor(access), access, path, accept, signal);
    if (response.statusCode !== 401) return response;
    const renewed = await unlessAborted(credentials.read({ refused: true }), signal);
    if (access.headers["authorization"] === renewed.headers["authorization"] && access.tls.cert === renewed.tls.cert)
      return response;
    // Unread, its connection would stay taken for ever.
    response.destroy();
    return send(agents.agentFor(renewed), renewed, path, accept, signal);
  }

  return {
    get(path, { accept, signal, timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = {}) {
      return withDeadline(clock, timeoutMs, signal, `GET ${path}`, async (aborted) => {
        const response = await open(path, accept, aborted);
        return answer(response, await readBody(response, maxBytes, path));
      });
    },
    stream(path, { accept, signal, idleTimeoutMs, onOpen, onLine }) {
      return withDeadline(clock, idleTimeoutMs, signal, `GET ${path}`, async (aborted, extend) => {
        const response = await open(path, accept, aborted);
        if (response.statusCode !== 200) return answer(response, await readBody(response, defaultMaxBytes, path));
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
  path: string,
  accept: string | undefined,
  signal: AbortSignal,
  retries = staleConnectionRetries,
): Promise<IncomingMessage> {
  const url = new URL(access.server.pathname.replace(/\/$/, "") + path, access.server);
  const headers = { ...access.headers, accept: accept ?? "application/json", "user-agent": "dualstack-webhook" };
  return new Promise((resolve, reject) => {
    const start = url.protocol === "http:" ? httpRequest : httpsRequest;
    const request = start(url, { agent, headers, signal, method: "GET" }, resolve);
    request.on("error", (error) => {
      if (request.reusedSocket && isStaleConnection(error) && retries > 0 && !signal.aborted) {
        resolve(send(agent, access, path, accept, signal, retries - 1));
      } else {
        reject(error);
      }
    });
    request.end();
  });
}

function isStaleConnection(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

async function readBody(response: IncomingMessage, maxBytes: number, path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw new ApiFailure("too-large", `GET ${path}: the answer is larger than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: IncomingMessage, body: string): ApiResponse {
  const seconds = response.headers["retry-after"];
  const retryAfterMs = seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
  return { status: response.statusCode ?? 0, body, retryAfterMs };
}
