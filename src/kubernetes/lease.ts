import { ApiFailure, describeError, statusFailure } from "./api-failure.ts";
import type { ApiClient } from "./client.ts";
import type { Clock } from "./clock.ts";
import { asObject, parseObject, textOf } from "./list.ts";
import type { Raw } from "./list.ts";

/**
 * Says which one of several replicas writes. It has to exist: nothing here creates one. A process that is stopped for a while
 * may make two of them believe so for a moment: what they write has to be safe with that, as by a resourceVersion.
 */
export interface Lease {
  /** Whether this replica may write now. Ask before each write: it turns false in time when the API server is lost. */
  readonly held: boolean;
  /** Gives it up, so that another one need not wait for it to run out. Never throws. */
  stop(): Promise<void>;
}

export interface LeaseOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void };
  readonly namespace: string;
  readonly name: string;
  /** Of this replica, as the Pod's name and something that a restart changes. */
  readonly identity: string;
  /** Called whenever `held` turns true: what waited for it can be written now. */
  readonly onHeld?: () => void;
}

/** The figures of kube-controller-manager's own leader election (client-go tools/leaderelection, LeaseDuration and RenewDeadline). */
const leaseSeconds = 15;
const holdMs = 10_000;
const retryMs = 3_000;

/** What stands in the Lease, and since when it has stood there by our own clock: the clocks of two replicas may differ. */
interface Observed {
  readonly record: string;
  readonly sinceMs: number;
}

/** Tries for the Lease for ever, and keeps it. Failures are logged when they begin and when they end, and harm nothing else. */
export function holdLease(options: LeaseOptions): Lease {
  const { client, clock, random, log, namespace, name, identity, onHeld } = options;
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
  const stopping = new AbortController();
  let observed: Observed | undefined;
  let heldUntil = -Infinity;
  let problem: string | undefined;
  let wake = (): void => undefined;

  const isHeld = (): boolean => clock.elapsed() < heldUntil;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const before = isHeld();
      try {
        await attempt();
        if (problem !== undefined) log.info({ lease: name }, "the lease can be used again");
        problem = undefined;
      } catch (error) {
        report(error);
      }
      if (!before && isHeld()) {
        log.info({ lease: name, identity }, "this replica writes from now on");
        onHeld?.();
      }
      await pause(retryMs * (0.8 + 0.4 * random()));
    }
  }

  async function attempt(): Promise<void> {
    const lease = await read();
    const spec = asObject(lease["spec"] ?? {}, `${path}: spec`);
    const record = JSON.stringify(spec);
    if (observed?.record !== record) observed = { record, sinceMs: clock.elapsed() };
    const holder = spec["holderIdentity"];
    const isFree = holder === undefined || holder === "" || holder === identity;
    if (!isFree && clock.elapsed() - observed.sinceMs < lengthOf(spec) * 1000) return;
    const until = clock.elapsed() + holdMs;
    if (await write(lease, taken(spec, identity, clock.now()))) heldUntil = until;
  }

  async function read(): Promise<Raw> {
    const { status, body } = await client.get(path, { signal: stopping.signal });
    if (status !== 200) throw statusFailure(status, `GET ${path}`, body);
    return parseObject(body, `GET ${path}`);
  }

  /** false: another replica was faster. */
  async function write(lease: Raw, spec: object): Promise<boolean> {
    const metadata = asObject(lease["metadata"], `${path}: metadata`);
    const resourceVersion = textOf(metadata["resourceVersion"], `${path}: metadata.resourceVersion`);
    const body = JSON.stringify({ ...lease, metadata: { ...metadata, resourceVersion }, spec });
    const answer = await client.write("PUT", path, { body, timeoutMs: retryMs });
    if (answer.status === 409) return false;
    if (answer.status !== 200) throw statusFailure(answer.status, `PUT ${path}`, answer.body);
    return true;
  }

  function report(error: unknown): void {
    if (stopping.signal.aborted) return;
    const text = describeError(error);
    const reason = error instanceof ApiFailure ? error.reason : "bug";
    if (problem !== reason) {
      log.warn({ lease: name, reason, problem: text }, "the lease cannot be used: this replica writes nothing");
    }
    problem = reason;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (stopping.signal.aborted) {
        resolve();
        return;
      }
      const timer = clock.setTimeout(resolve, ms);
      timer.unref();
      wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  const ended = run();
  return {
    get held() {
      return !stopping.signal.aborted && isHeld();
    },
    async stop() {
      const wasHeld = isHeld();
      stopping.abort();
      wake();
      await ended;
      if (!wasHeld) return;
      try {
        const answer = await client.get(path, { timeoutMs: retryMs });
        const lease = parseObject(answer.body, `GET ${path}`);
        const spec = asObject(lease["spec"], `${path}: spec`);
        if (spec["holderIdentity"] === identity) await write(lease, { ...spec, holderIdentity: "" });
      } catch {
        // It runs out by itself.
      }
    },
  };
}

/** With the writer's wall clock, as everybody writes it: others only look at whether it changes. */
function taken(spec: Raw, identity: string, nowMs: number): object {
  const now = new Date(nowMs).toISOString().replace("Z", "000Z");
  const mine = spec["holderIdentity"] === identity;
  const transitions = typeof spec["leaseTransitions"] === "number" ? spec["leaseTransitions"] : 0;
  return {
    ...spec,
    holderIdentity: identity,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: mine ? spec["acquireTime"] : now,
    renewTime: now,
    leaseTransitions: mine ? transitions : transitions + 1,
  };
}

/** As its holder wrote it, within reason: a Lease that somebody wrote for years must not keep us out for years. */
function lengthOf(spec: Raw): number {
  const written = spec["leaseDurationSeconds"];
  return typeof written === "number" && written > 0 && written <= 4 * leaseSeconds ? written : leaseSeconds;
}
