import { ApiFailure, statusFailure } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";

export type Raw = Readonly<Record<string, unknown>>;

interface ListOptions {
  readonly client: ApiClient;
  /** A collection's path, such as /api/v1/namespaces. */
  readonly path: string;
  readonly accept: string;
  readonly pageSize: number;
  readonly signal: AbortSignal;
  readonly onItem: (item: Raw) => void;
}

/** Asks for names, labels and annotations without spec and status; a server that cannot do so sends whole objects. */
export const metadataAccept = {
  list: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
  object: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
} as const;

/** Long enough for a page of large objects from a busy API server, whose own limit for a request is 60 s. */
const pageTimeoutMs = 65_000;
/**
 * A page is in memory as bytes, as text and parsed, at the same time as those of other lists: whoever may write large objects
 * could exhaust it. A larger page fails as too-large, and the caller asks for smaller ones; the largest object fits.
 */
const maxPageBytes = 8 * 2 ** 20;

/** Reads a collection page by page, as of one moment, and gives that moment's resourceVersion. */
export async function listResource(options: ListOptions): Promise<string> {
  const { client, path, accept, pageSize, signal, onItem } = options;
  let next = "";
  for (;;) {
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (next !== "") query.set("continue", next);
    const about = `list of ${path}`;
    const answer = await client.get(`${path}?${query.toString()}`, {
      accept,
      signal,
      timeoutMs: pageTimeoutMs,
      maxBytes: maxPageBytes,
    });
    if (answer.status !== 200) throw statusFailure(answer.status, about, answer.body, answer.retryAfterMs);
    const page = parseObject(answer.body, about);
    const metadata = asObject(page["metadata"], `${about}: metadata`);
    const items: unknown = page["items"] ?? [];
    if (!Array.isArray(items)) throw new ApiFailure("unreadable", `${about}: items is not a list`);
    for (const item of items) onItem(asObject(item, `${about}: an item`));
    if (typeof metadata["continue"] === "string" && metadata["continue"] !== "") {
      next = metadata["continue"];
      continue;
    }
    return textOf(metadata["resourceVersion"], `${about}: metadata.resourceVersion`);
  }
}

/** Parses a JSON object that the API server sent, or fails as unreadable. */
export function parseObject(json: string, about: string): Raw {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ApiFailure("unreadable", `${about}: not JSON: ${JSON.stringify(json.slice(0, 100))}`, { cause });
  }
  return asObject(value, about);
}

export function asObject(value: unknown, about: string): Raw {
  if (!isObject(value)) throw new ApiFailure("unreadable", `${about}: not a JSON object`);
  return value;
}

export function textOf(value: unknown, about: string): string {
  if (typeof value !== "string" || value === "") throw new ApiFailure("unreadable", `${about}: not a text`);
  return value;
}

function isObject(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
