import { describe, expect, it, onTestFinished } from "vitest";
import type { ApiClient, ApiResponse } from "../../src/kubernetes/client.ts";
import { holdLease } from "../../src/kubernetes/lease.ts";
import type { Lease } from "../../src/kubernetes/lease.ts";
import { eventually, fastClock } from "../support/fast-clock.ts";
import type { FastClock } from "../support/fast-clock.ts";

describe("a lease", () => {
  it("is taken by one of several, and by another one once it is given up", async () => {
    const store = leaseStore();
    const [a, b] = [replica("a", store), replica("b", store)];
    await eventually(() => expect([a.held, b.held].filter(Boolean)).toHaveLength(1));
    const [holder, other] = a.held ? [a, b] : [b, a];

    await holder.stop();
    expect(holder.held).toBe(false);
    await eventually(() => expect(other.held).toBe(true));
    expect(store.spec()).toMatchObject({ leaseTransitions: 2, leaseDurationSeconds: 15 });
    expect(store.spec()["renewTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it("is lost in time by who cannot reach the API server, and taken once it has run out", async () => {
    const clock = fastClock();
    const store = leaseStore();
    const link = { broken: false };
    const a = replica("a", store, { clock, link });
    await eventually(() => expect(a.held).toBe(true));
    const b = replica("b", store, { clock });

    link.broken = true;
    await eventually(() => expect(a.warnings).toHaveLength(1));
    clock.advance(9_000);
    expect(a.held).toBe(true);
    clock.advance(2_000);
    expect(a.held).toBe(false);
    const reads = store.reads();
    await eventually(() => expect(store.reads()).toBeGreaterThan(reads + 2));
    expect(b.held).toBe(false);
    clock.advance(6_000);
    await eventually(() => expect(b.held).toBe(true));

    link.broken = false;
    await eventually(() => expect(a.infos).toContain("the lease can be used again"));
    expect(a.held).toBe(false);
    expect(a.warnings).toHaveLength(1);
  });

  it("is kept for as long as it is renewed", async () => {
    const clock = fastClock();
    const store = leaseStore();
    const a = replica("a", store, { clock });
    await eventually(() => expect(a.held).toBe(true));
    const b = replica("b", store, { clock });
    for (let round = 0; round < 20; round += 1) {
      const writes = store.writes();
      clock.advance(4_000);
      await eventually(() => expect(store.writes()).toBeGreaterThan(writes));
      expect([a.held, b.held]).toEqual([true, false]);
    }
    expect(store.spec()["leaseTransitions"]).toBe(1);
  });

  it("is not held by who was overtaken between reading and writing", async () => {
    const store = leaseStore();
    store.onRead = () => {
      store.onRead = undefined;
      store.put({ holderIdentity: "c", leaseDurationSeconds: 15 });
    };
    const a = replica("a", store);
    await eventually(() => expect(store.reads()).toBeGreaterThan(3));
    expect(a.held).toBe(false);
    expect(store.spec()["holderIdentity"]).toBe("c");
    expect(a.warnings).toEqual([]);
  });

  it.each([
    [404, "not-found"],
    [403, "forbidden"],
  ])("that cannot be read (%i) is said once, and harms nothing else", async (status, reason) => {
    const store = leaseStore();
    store.refuse = status;
    const a = replica("a", store);
    await eventually(() => expect(store.reads()).toBeGreaterThan(5));
    expect(a.held).toBe(false);
    expect(a.warnings).toEqual([reason]);

    store.refuse = undefined;
    await eventually(() => expect(a.held).toBe(true));
  });

  it.each([
    { jump: "back", ms: -3_600_000 },
    { jump: "forward", ms: 3_600_000 },
  ])("is taken when it has run out, and not before, by who has its clock set $jump by an hour", async ({ ms }) => {
    const store = leaseStore();
    store.put({ holderIdentity: "c", leaseDurationSeconds: 15 });
    const clock = fastClock();
    const a = replica("a", store, { clock });
    await eventually(() => expect(store.reads()).toBeGreaterThan(2));

    clock.jump(ms);
    clock.advance(14_000);
    const reads = store.reads();
    await eventually(() => expect(store.reads()).toBeGreaterThan(reads + 2));
    expect(a.held).toBe(false);
    clock.advance(2_000);
    await eventually(() => expect(a.held).toBe(true));

    clock.jump(ms);
    expect(a.held).toBe(true);
  });

  it("tells when it can be written", async () => {
    const store = leaseStore();
    store.put({ holderIdentity: "c", leaseDurationSeconds: 15 });
    const clock = fastClock();
    let told = 0;
    const a = replica("a", store, { clock, onHeld: () => (told += 1) });
    await eventually(() => expect(store.reads()).toBeGreaterThan(2));
    expect(told).toBe(0);
    clock.advance(16_000);
    await eventually(() => expect(told).toBe(1));
    expect(a.held).toBe(true);
  });
});

interface Replica extends Lease {
  /** The reasons. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

interface ReplicaOptions {
  readonly clock?: FastClock;
  readonly link?: { readonly broken: boolean };
  readonly onHeld?: () => void;
}

function replica(identity: string, store: LeaseStore, options: ReplicaOptions = {}): Replica {
  const { clock = fastClock(), link = { broken: false }, onHeld } = options;
  const warnings: string[] = [];
  const infos: string[] = [];
  const log = {
    info: (_details: object, message: string) => void infos.push(message),
    warn: (details: object) => void warnings.push(String(Reflect.get(details, "reason"))),
  };
  const client = {
    ...store.client,
    get: (path: string) => (link.broken ? Promise.reject(new Error("no route")) : store.client.get(path)),
  };
  const lease = holdLease({
    client,
    clock,
    random: Math.random,
    log,
    namespace: "dualstack-system",
    name: "dualstack-webhook",
    identity,
    ...(onHeld === undefined ? {} : { onHeld }),
  });
  onTestFinished(() => lease.stop());
  return {
    warnings,
    infos,
    get held() {
      return lease.held;
    },
    stop: () => lease.stop(),
  };
}

interface LeaseStore {
  readonly client: ApiClient;
  readonly spec: () => Readonly<Record<string, unknown>>;
  readonly put: (spec: object) => void;
  readonly reads: () => number;
  readonly writes: () => number;
  refuse: number | undefined;
  /** After the answer of a read has been made. */
  onRead: (() => void) | undefined;
}

/** One Lease, as the API server keeps it: a write of an old version is a conflict. */
function leaseStore(): LeaseStore {
  let version = 1;
  let spec: Readonly<Record<string, unknown>> = {};
  let reads = 0;
  let writes = 0;
  const store: LeaseStore = {
    spec: () => spec,
    put(next) {
      version += 1;
      spec = { ...next };
    },
    reads: () => reads,
    writes: () => writes,
    refuse: undefined,
    onRead: undefined,
    client: {
      get() {
        reads += 1;
        if (store.refuse !== undefined) return answer(store.refuse, { kind: "Status" });
        const found = answer(200, { metadata: { resourceVersion: String(version) }, spec });
        store.onRead?.();
        return found;
      },
      write(_method, _path, { body }) {
        const { metadata, spec: next } = JSON.parse(body) as { metadata: { resourceVersion: string }; spec: object };
        if (metadata.resourceVersion !== String(version)) return answer(409, { kind: "Status" });
        writes += 1;
        store.put(next);
        return answer(200, {});
      },
      stream: () => Promise.reject(new Error("nothing is watched")),
      close: () => {},
    },
  };
  return store;
}

function answer(status: number, body: object): Promise<ApiResponse> {
  return Promise.resolve({ status, body: JSON.stringify(body), retryAfterMs: undefined, warnings: [] });
}
