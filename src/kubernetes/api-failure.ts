/** Why a request to the API server brought no usable answer. A closed set, since it becomes a metric label. */
export type FailureReason =
  | "credentials"
  | "connection"
  | "timeout"
  | "cut-off"
  | "too-large"
  | "unreadable"
  | "gone"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "throttled"
  | "server-error"
  | "unexpected-status"
  | "stopped"
  | "bug";

/** How the API server begins its 404 where there is no such kind. */
export const kindNotFound = "404 page not found";

export class ApiFailure extends Error {
  readonly reason: FailureReason;
  /** What the server asked for with Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: FailureReason,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ApiFailure";
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The failure that an HTTP status, or the code of a Status object, stands for. */
export function statusFailure(status: number, about: string, body: string, retryAfterMs?: number): ApiFailure {
  const message = `${about}: the API server answered ${status}${excerpt(body)}`;
  return new ApiFailure(reasonOf(status, body), message, { retryAfterMs });
}

/** What failed, in words. Node's error for a refused connection to a name with several addresses has a code and no message. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function reasonOf(status: number, body: string): FailureReason {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404 && isOwnNotFound(body)) return "not-found";
  if (status === 410) return "gone";
  if (status === 429) return "throttled";
  return status >= 500 ? "server-error" : "unexpected-status";
}

/** A Status for an object, this text for a kind. What a proxy says of its own says nothing about what the API server has. */
function isOwnNotFound(body: string): boolean {
  return body.startsWith(kindNotFound) || /^\s*\{.*"kind"\s*:\s*"Status"/s.test(body);
}

/** Enough of an answer to recognise it in a log line: a Status message, or the start of a proxy's page. */
function excerpt(body: string): string {
  const text = body.trim().replaceAll(/\s+/g, " ");
  if (text === "") return "";
  return `: ${text.length > 300 ? `${text.slice(0, 300)}…` : text}`;
}
