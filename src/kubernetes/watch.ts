import { ApiFailure, describeError, statusFailure } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { asObject, listResource, metadataAccept, parseObject, textOf } from "./list.ts";
import type { Raw } from "./list.ts";
import { restartPolicy } from "./restart-policy.ts";
import type { RestartPolicy } from "./restart-policy.ts";
import type { Change, RestartReason, Watched } from "./watched.ts";

export interface WatchOptions<T> {
  readonly client: ApiClient;
  /** A collection's path, such as /api/v1/namespaces. */
  readonly path: string;
  /** Asks for names, labels and annotations only, without spec and status. */
  readonly metadataOnly?: boolean;
  /** The kind may not exist, such as that of a CRD which nobody installed: then there are none of it, and it is looked for again. */
  readonly mayBeAbsent?: boolean;
  /** What to keep of an object; undefined leaves it out. Keep no reference to the object itself. */
  readonly project: (raw: Raw) => T | undefined;
  readonly onChange?: (change: Change) => void;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: WatchLog;
  readonly pageSize?: number;
}

export interface WatchLog {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

/** client-go's page size. */
const defaultPageSize = 500;
/**
 * The API server ends a watch after so long, give or take a tenth so that replicas do not reconnect together. The kernel
 * finds out within seconds about a peer that is gone; this bounds how long a proxy that hangs can keep us in the dark.
 */
const watchSeconds = 120;
/** How much longer than the server's own limit we wait before we take a silent connection for dead. */
const silenceMs = 10_000;
/** How long at most a kind that has appeared goes unnoticed. Half of it is jitter. */
const absentPauseMs = 10_000;

interface Known<T> {
  readonly objects: Map<string, T>;
  /** Keys of objects that cannot be projected and have no earlier value. */
  readonly unreadable: Set<string>;
}

/** Lists and then watches a collection, and starts again for ever, whatever fails. */
export function watchResource<T>(options: WatchOptions<T>): Watched<T> {
  const watch = new ResourceWatch(options);
  void watch.run();
  return watch;
}

class ResourceWatch<T> implements Watched<T> {
  readonly restarts = new Map<RestartReason, number>();
  synced = false;
  lastEventAt: number | undefined;
  handlerErrors = 0;

  readonly #options: WatchOptions<T>;
  readonly #stopping = new AbortController();
  readonly #restart: RestartPolicy;
  #known = nothingKnown<T>();
  #waiting: (() => void)[] = [];
  /** Where to resume. undefined: list first. */
  #resourceVersion: string | undefined;
  #pageSize: number;
  #openedAt: number | undefined;
  #heardSomething = false;
  #absent = false;
  #forbidden = false;

  constructor(options: WatchOptions<T>) {
    this.#options = options;
    this.#restart = restartPolicy(options.random);
    this.#pageSize = options.pageSize ?? defaultPageSize;
  }

  get absent(): boolean {
    return this.#absent;
  }

  get size(): number {
    return this.#known.objects.size;
  }

  get unreadable(): number {
    return this.#known.unreadable.size;
  }

  get(key: string): T | undefined {
    return this.#known.objects.get(key);
  }

  entries(): IterableIterator<[string, T]> {
    return this.#known.objects.entries();
  }

  whenSynced(signal?: AbortSignal): Promise<void> {
    if (this.synced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stopped = () => reject(new ApiFailure("stopped", `the watch of ${this.#options.path} was stopped`));
      const aborted = () => reject(signal?.reason);
      if (this.#stopping.signal.aborted) stopped();
      if (signal?.aborted === true) aborted();
      this.#stopping.signal.addEventListener("abort", stopped);
      signal?.addEventListener("abort", aborted);
      this.#waiting.push(() => {
        signal?.removeEventListener("abort", aborted);
        resolve();
      });
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#openedAt = undefined;
      this.#heardSomething = false;
      let failure: ApiFailure | undefined;
      try {
        if (this.#resourceVersion === undefined) await this.#list();
        await this.#follow(this.#resourceVersion ?? "");
      } catch (error) {
        failure = error instanceof ApiFailure ? error : new ApiFailure("bug", describeError(error), { cause: error });
      }
      if (!signal.aborted) await this.#pause(this.#conclude(failure));
    }
  }

  async #list(): Promise<void> {
    const { client, path, metadataOnly, log } = this.#options;
    const fresh = nothingKnown<T>();
    this.#resourceVersion = await listResource({
      client,
      path,
      accept: metadataOnly === true ? metadataAccept.list : "application/json",
      pageSize: this.#pageSize,
      signal: this.#stopping.signal,
      onItem: (item) => this.#keep(fresh, keyOf(item), item),
    });
    if (!this.synced || this.#absent) log.info({ path, objects: fresh.objects.size }, "watch synced");
    this.#absent = false;
    this.#replace(fresh);
  }

  #replace(known: Known<T>): void {
    this.#known = known;
    this.lastEventAt = this.#options.clock.now();
    this.synced = true;
    this.#tell({ kind: "replaced" });
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #follow(resourceVersion: string): Promise<void> {
    const { client, path, metadataOnly, clock, random } = this.#options;
    const seconds = Math.round(watchSeconds * (0.9 + random() / 5));
    const query = new URLSearchParams({
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(seconds),
      resourceVersion,
    });
    const answer = await client.stream(`${path}?${query.toString()}`, {
      accept: metadataOnly === true ? metadataAccept.object : "application/json",
      signal: this.#stopping.signal,
      idleTimeoutMs: seconds * 1000 + silenceMs,
      onOpen: () => {
        this.#openedAt = clock.elapsed();
        this.#forbidden = false;
      },
      onLine: (line) => this.#hear(line),
    });
    if (answer.status !== 200) throw statusFailure(answer.status, `watch of ${path}`, answer.body, answer.retryAfterMs);
  }

  #hear(line: string): void {
    const about = `watch of ${this.#options.path}`;
    const event = parseObject(line, about);
    const type = textOf(event["type"], `${about}: type`);
    const object = asObject(event["object"], `${about}: object`);
    if (type === "ERROR") throw statusFailure(Number(object["code"] ?? 500), about, line);
    const resourceVersion = textOf(asObject(object["metadata"], about)["resourceVersion"], `${about}: resourceVersion`);
    if (type === "DELETED") {
      const key = keyOf(object);
      this.#known.objects.delete(key);
      this.#known.unreadable.delete(key);
      this.#tell({ kind: "removed", key });
    } else if (type === "ADDED" || type === "MODIFIED") {
      const key = keyOf(object);
      this.#keep(this.#known, key, object);
      this.#tell({ kind: this.#known.objects.has(key) ? "set" : "removed", key });
    } else if (type !== "BOOKMARK") {
      throw new ApiFailure("unreadable", `${about}: an event of type "${type}"`);
    }
    this.#resourceVersion = resourceVersion;
    this.#heardSomething = true;
    this.lastEventAt = this.#options.clock.now();
  }

  #keep({ objects, unreadable }: Known<T>, key: string, raw: Raw): void {
    let value: T | undefined;
    unreadable.delete(key);
    try {
      value = this.#options.project(raw);
    } catch (error) {
      this.#handlerFailed(error, key);
      value = this.#known.objects.get(key);
      if (value === undefined) unreadable.add(key);
    }
    if (value === undefined) objects.delete(key);
    else objects.set(key, value);
  }

  #tell(change: Change): void {
    try {
      this.#options.onChange?.(change);
    } catch (error) {
      this.#handlerFailed(error, change.kind === "replaced" ? undefined : change.key);
    }
  }

  #handlerFailed(error: unknown, key: string | undefined): void {
    this.handlerErrors += 1;
    this.#options.log.error({ path: this.#options.path, key, err: error }, "watch handler failed");
  }

  /** Counts and logs an ending, and says how long to pause before the next attempt. */
  #conclude(failure: ApiFailure | undefined): number {
    const { clock, log, path, mayBeAbsent } = this.#options;
    const reason = failure?.reason ?? "closed";
    const isAbsent = reason === "not-found" && mayBeAbsent === true;
    if (isAbsent && this.#resourceVersion === undefined) return this.#foundAbsent();
    this.restarts.set(reason, (this.restarts.get(reason) ?? 0) + 1);
    const livedMs = this.#openedAt === undefined ? 0 : clock.elapsed() - this.#openedAt;
    const { pauseMs, relist } = this.#restart.after(failure, { livedMs, heardSomething: this.#heardSomething });
    // One of several API servers may not know the kind yet: what it says of a watch, a list has to confirm.
    if (relist || isAbsent) this.#resourceVersion = undefined;
    if (reason === "too-large") this.#pageSize = Math.max(1, Math.floor(this.#pageSize / 2));
    const data = { path, reason, problem: failure?.message, retryInMs: Math.round(pauseMs), relist };
    if (reason === "bug") log.error({ ...data, err: failure?.cause }, "watch restarts");
    else if (reason === "forbidden") this.#sayForbidden(data);
    else if (!isAbsent && (reason !== "closed" || pauseMs > 0)) log.warn(data, "watch restarts");
    return pauseMs;
  }

  /** That there are none of a kind is known, too. Gives the pause before it is looked for again. */
  #foundAbsent(): number {
    const { clock, random, log, path } = this.#options;
    this.lastEventAt = clock.now();
    if (!this.#absent) log.info({ path }, "the kind does not exist");
    this.#absent = true;
    // Each time: what was read live, of a kind that has gone since, goes with it.
    this.#replace(nothingKnown());
    return absentPauseMs / 2 + (random() * absentPauseMs) / 2;
  }

  /** Said once: it lasts until somebody grants the right. */
  #sayForbidden(data: object): void {
    if (!this.#forbidden) this.#options.log.warn(data, "watch is forbidden: allow list and watch on this resource");
    this.#forbidden = true;
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    if (ms === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = this.#options.clock.setTimeout(done, ms);
      // Before the first sync somebody waits for it, perhaps a command with nothing else to keep its process alive.
      if (this.synced) timer.unref();
      signal.addEventListener("abort", done);
    });
  }
}

function nothingKnown<T>(): Known<T> {
  return { objects: new Map(), unreadable: new Set() };
}

/** An object's key among those of its collection. */
function keyOf(raw: Raw): string {
  const metadata = asObject(raw["metadata"], "metadata");
  const name = textOf(metadata["name"], "metadata.name");
  const namespace = metadata["namespace"];
  return typeof namespace === "string" && namespace !== "" ? `${namespace}/${name}` : name;
}
