import { describe, expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../src/kubernetes/client.ts";
import { watchPolicies } from "../../src/kubernetes/live-policies.ts";
import type { LivePolicies } from "../../src/kubernetes/live-policies.ts";
import { policiesPath, policyCrdPath } from "../../src/kubernetes/policy-api.ts";
import { json } from "../support/api-server-stub.ts";
import { clusterStub } from "../support/cluster-stub.ts";
import type { ClusterStub } from "../support/cluster-stub.ts";
import { eventually, fastClock } from "../support/fast-clock.ts";

const there = json(200, { metadata: { name: "crd" } });
const going = json(200, { metadata: { name: "crd", deletionTimestamp: "2026-01-01T00:00:00Z" } });
const gone = json(404, { kind: "Status", code: 404 });
const refused = json(403, { kind: "Status", code: 403 });

describe("policies that are no longer listed", () => {
  it("are gone where the CRD is in order", async () => {
    const { stub, policies } = await watched("a", "b");
    stub.script("list", policyCrdPath, there);
    stub.remove(policiesPath, policy("a"));
    await eventually(() => expect(names(policies)).toEqual(["b"]));
  });

  it.each([
    ["is being deleted", going],
    ["is gone", gone],
  ])("stay in force where the CRD %s, until it is there again without them", async (_, answer) => {
    const { stub, policies, warnings } = await watched("a", "b");
    stub.script("list", policyCrdPath, answer, answer, answer, there);
    const asked = () => stub.lists.filter((path) => path === policyCrdPath).length;
    stub.remove(policiesPath, policy("a"));
    await eventually(() => expect(asked()).toBeGreaterThan(1));
    expect(names(policies)).toEqual(["a", "b"]);
    expect([policies.isOrphan("a"), policies.isOrphan("b")]).toEqual([true, false]);
    await eventually(() => expect(names(policies)).toEqual(["b"]));
    expect(warnings.filter((message) => message.startsWith("the CRD has vanished"))).toHaveLength(1);
  });

  it("stay in force while nobody can be asked", async () => {
    const { stub, policies } = await watched("a");
    const broken = json(500, { kind: "Status", code: 500 });
    stub.script("list", policyCrdPath, broken, broken, there);
    stub.remove(policiesPath, policy("a"));
    await eventually(() => expect(stub.lists.filter((path) => path === policyCrdPath).length).toBe(2));
    expect(names(policies)).toEqual(["a"]);
    await eventually(() => expect(names(policies)).toEqual([]));
  });

  it("are gone where the CRD may not be read, and it is said what that costs", async () => {
    const { stub, policies, warnings } = await watched("a");
    stub.script("list", policyCrdPath, refused);
    stub.remove(policiesPath, policy("a"));
    await eventually(() => expect(names(policies)).toEqual([]));
    expect(warnings.join()).toContain("allow get on this CRD");
  });

  it("stay in force where the collection is gone, and are picked up when it comes back", async () => {
    const { stub, policies } = await watched("a");
    stub.uninstall(policiesPath);
    await eventually(() => expect(policies.watched.absent).toBe(true));
    expect(names(policies)).toEqual(["a"]);
    stub.install(policiesPath);
    stub.put(policiesPath, { ...policy("a"), spec: { priority: 5 } });
    await eventually(() => expect(policies.set?.ordered[0]?.spec.priority).toBe(5));
  });
});

describe("a cluster without the CRD", () => {
  it("has a set that is empty and known, and it is said", async () => {
    const { policies, warnings } = await watched();
    expect(names(policies)).toEqual([]);
    expect(policies.watched.absent).toBe(true);
    expect(warnings.join()).toContain("the CRD is not installed");
  });
});

it("a set is another one only when something else is in force", async () => {
  const { stub, policies, sets } = await watched("a");
  const before = policies.set;
  const seen = sets();
  stub.put(policiesPath, { ...policy("a"), status: { observedGeneration: 1 } });
  await eventually(() => expect(policies.standings.get("a")?.object.status).toBeDefined());
  expect(policies.set).toBe(before);
  expect(sets()).toBe(seen);
  stub.put(policiesPath, {
    ...policy("a"),
    metadata: { ...policy("a").metadata, generation: 2 },
    spec: { priority: 1 },
  });
  await eventually(() => expect(policies.set).not.toBe(before));
});

interface Watching {
  readonly stub: ClusterStub;
  readonly policies: LivePolicies;
  readonly warnings: readonly string[];
  readonly sets: () => number;
}

/** Without names: the kind does not exist. */
async function watched(...policyNames: readonly string[]): Promise<Watching> {
  const stub = await clusterStub();
  if (policyNames.length > 0) stub.install(policiesPath);
  for (const name of policyNames) stub.put(policiesPath, policy(name));
  const warnings: string[] = [];
  let sets = 0;
  const clock = fastClock();
  const access = { server: new URL(stub.url), headers: {}, tls: {} };
  const client = apiClient(
    { read: () => Promise.resolve(access) },
    fastClock(() => undefined),
  );
  const policies = watchPolicies({
    client,
    clock,
    random: () => 0.5,
    log: { info: () => {}, warn: (_, message) => void warnings.push(message), error: () => {} },
    knownRules: [],
    onSet: () => (sets += 1),
  });
  onTestFinished(() => {
    policies.stop();
    client.close();
  });
  await eventually(() => expect(policies.set).toBeDefined());
  return { stub, policies, warnings, sets: () => sets };
}

function policy(name: string) {
  return { metadata: { name, uid: name, generation: 1 }, spec: {} };
}

function names({ set }: LivePolicies): readonly string[] {
  return (set?.ordered ?? []).map(({ metadata }) => metadata.name);
}
