import type { FailureReason } from "./api-failure.ts";

/** `closed`: the server ended the watch, as it does every few minutes. */
export type RestartReason = FailureReason | "closed";

/** A collection kept in memory. Keys are `name` or `namespace/name`. Once synced it stays so, and answers from the last known state. */
export interface Watched<T> {
  readonly synced: boolean;
  /** The kind does not exist, which is not the same as that there are none of it. */
  readonly absent: boolean;
  /** Milliseconds since 1970 of the last event, bookmark or list. */
  readonly lastEventAt: number | undefined;
  readonly restarts: ReadonlyMap<RestartReason, number>;
  /** Exceptions from project and onChange: bugs of ours. An object that cannot be projected keeps its last known value. */
  readonly handlerErrors: number;
  /** Objects that exist and of which nothing is known: they cannot be projected, and have no last known value. */
  readonly unreadable: number;
  readonly size: number;
  get(key: string): T | undefined;
  entries(): IterableIterator<[string, T]>;
  /** Rejects when the signal fires or the watch is stopped. */
  whenSynced(signal?: AbortSignal): Promise<void>;
  stop(): void;
}

/** `replaced`: a list has been read and every entry may have changed. */
export type Change =
  | { readonly kind: "replaced" }
  | { readonly kind: "set"; readonly key: string }
  | { readonly kind: "removed"; readonly key: string };
