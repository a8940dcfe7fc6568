import { describeError } from "./api-failure.ts";
import type { ApiResponse } from "./client.ts";
import type { Raw } from "./list.ts";

/** What became of one Service of the canary. */
export type CanaryAnswer =
  | Admitted
  /** By our own denial, with the rules that it names. */
  | { readonly kind: "denied"; readonly rules: readonly string[] }
  | Unanswered;

export interface Admitted {
  readonly kind: "admitted";
  /** As it would have been stored. */
  readonly object: Raw;
  readonly warnings: readonly string[];
}

/** Nothing was learnt of our decision. */
export interface Unanswered {
  readonly kind: "call-failed" | "refused-by-another" | "forbidden" | "namespace-missing" | "unreachable";
  /** The API server's own, in one line. */
  readonly words: string;
}

/** The names of our entries for Services, as deploy/base/70-webhooks.yaml has them. */
const ours = /^services\.(?:mutate|validate)\.dualstack\.dev$/;

/** Reads what the API server said to a dry run. */
export function canaryAnswer({ status, body, warnings }: ApiResponse): CanaryAnswer {
  const object = parsed(body);
  if (status === 200 || status === 201) return { kind: "admitted", object, warnings };
  const message = typeof object["message"] === "string" ? object["message"] : body;
  const denying = /^admission webhook "([^"]+)" denied the request: /.exec(message)?.[1];
  if (denying !== undefined && ours.test(denying)) {
    return { kind: "denied", rules: [...message.matchAll(/^- ([a-z0-9-]+): /gm)].map(([, rule = ""]) => rule) };
  }
  return { kind: unanswered(status, message), words: oneLine(`${status}: ${message}`) };
}

/** Of a request that brought no answer at all. */
export function noAnswer(error: unknown): Unanswered {
  return { kind: "unreachable", words: oneLine(describeError(error)) };
}

function unanswered(status: number, message: string): Unanswered["kind"] {
  const called = /failed calling webhook "([^"]+)"/.exec(message)?.[1];
  if (called !== undefined) return ours.test(called) ? "call-failed" : "refused-by-another";
  if (status === 404 || message.includes("because it is being terminated")) return "namespace-missing";
  if (status === 403 && message.includes('cannot create resource "services"')) return "forbidden";
  // 429 and 5xx are the API server's own troubles, 401 is about our credentials; what else it refuses, somebody else told it to.
  return status === 401 || status === 429 || status >= 500 ? "unreachable" : "refused-by-another";
}

function parsed(body: string): Raw {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Enough to recognise it. */
const longestWords = 400;

function oneLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return line.length > longestWords ? `${line.slice(0, longestWords)}…` : line;
}
