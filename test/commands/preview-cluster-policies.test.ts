/** Policies are objects of the cluster, too: the preview decides as the webhook does there. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { json } from "../support/api-server-stub.ts";
import { rawService } from "../support/subjects.ts";
import { written } from "../policy/policies.ts";
import { preview } from "./fake-io.ts";
import type { Ran } from "./fake-io.ts";
import { runningCluster } from "./running-cluster.ts";
import type { RunningCluster } from "./running-cluster.ts";

type Raw = Readonly<Record<string, unknown>>;

const collection = "/apis/dualstack.dev/v1alpha1/loadbalancerpolicies";
const service = rawService({ spec: { loadBalancerClass: "service.k8s.aws/nlb" } });
const internal = { namespaceSelector: {}, service: { scheme: { default: "internal" } } };
const open = { namespaceSelector: {}, service: { scheme: { default: "internet-facing" } } };
const bad = { namespaceSelector: {}, rules: { "No Id": "Off" } };

/** A cluster with policies as it stores them. */
async function clusterWith(...policies: readonly { name: string; spec: Raw; status?: Raw }[]): Promise<RunningCluster> {
  const cluster = await runningCluster();
  cluster.stub.install(collection);
  for (const { name, spec, status = {} } of policies) {
    const metadata = { name, uid: `uid-of-${name}`, generation: 2 };
    cluster.stub.put(collection, { ...written(spec), metadata, status });
  }
  return cluster;
}

interface Shown {
  readonly policy: string | null;
  readonly injections: readonly { readonly value: string; readonly because: string }[];
}

function shown({ stdout }: Ran): Shown {
  const [object] = (JSON.parse(stdout) as { objects: Shown[] }).objects;
  if (object === undefined) throw new Error("nothing was judged");
  return object;
}

function yaml(...objects: readonly object[]): string {
  return objects.map((object) => stringify(object)).join("---\n");
}

test("a policy of the cluster is in force, and the starter policy is not", async () => {
  const { flags } = await clusterWith({ name: "theirs", spec: internal });
  const ran = await preview(yaml(service), [...flags, "-o", "json"]);
  expect(shown(ran)).toMatchObject({
    policy: "theirs",
    injections: [{ value: "internal", because: "service.scheme" }],
  });
  expect(ran.stderr).toBe("");
});

test("one among the input counts as if it were applied: in the place of its namesake, beside the others", async () => {
  const { flags } = await clusterWith({ name: "theirs", spec: internal }, { name: "other", spec: {} });
  const ran = await preview(yaml(service, written(open, "theirs")), [...flags, "-o", "json"]);
  expect(shown(ran)).toMatchObject({ policy: "theirs", injections: [{ value: "internet-facing" }] });
  const first = await preview(yaml(service, written({ ...open, priority: 1 }, "new")), [...flags, "-o", "json"]);
  expect(shown(first)).toMatchObject({ policy: "new" });
  const last = await preview(yaml(service, written({ ...open, priority: -1 }, "new")), [...flags, "-o", "json"]);
  expect(shown(last)).toMatchObject({ policy: "theirs" });
});

test("files that are given take the place of all of them, and the cluster is not asked for any", async () => {
  const { flags, stub } = await clusterWith({ name: "theirs", spec: internal });
  const folder = await mkdtemp(join(tmpdir(), "policies-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "mine.yaml"), yaml(written(open, "mine")));
  const ran = await preview(yaml(service), [...flags, "--policy", folder, "-o", "json"]);
  expect(shown(ran)).toMatchObject({ policy: "mine" });
  expect(stub.lists).not.toContain(collection);
});

test("of one that cannot be used the version counts that is in force in the cluster, and a line says so", async () => {
  const inForce = { generation: 1, spec: internal };
  const { flags } = await clusterWith(
    { name: "theirs", spec: bad, status: { observedGeneration: 2, inForce } },
    { name: "never", spec: bad },
  );
  const ran = await preview(yaml(service), [...flags, "-o", "json"]);
  expect(shown(ran)).toMatchObject({ policy: "theirs", injections: [{ value: "internal" }] });
  const said = ran.stderr.replaceAll(/\s+/g, " ");
  expect(said).toContain('Policy theirs of the cluster cannot be used (spec.rules[No Id]: "No Id" is not a rule id');
  expect(said).toContain("generation 1 stays in force.");
  expect(said).toContain("nothing of it is in force.");
});

test("where there is none, nothing is injected, and a line says so", async () => {
  const { flags } = await clusterWith();
  const ran = await preview(yaml(service), [...flags, "-o", "json"]);
  expect(shown(ran)).toMatchObject({ policy: null, injections: [] });
  expect(ran.stderr.replaceAll(/\s+/g, " ")).toContain(
    "The cluster has no policy in force, and none is among the input",
  );
});

test("where they may not be listed, or nobody has installed them, the starter policy stands in", async () => {
  const forbidden = await clusterWith();
  forbidden.stub.script("list", collection, json(403, { kind: "Status", code: 403, message: "no" }));
  const ran = await preview(yaml(service), [...forbidden.flags, "-o", "json"]);
  expect(shown(ran)).toMatchObject({ policy: "dualstack" });
  expect(ran.stderr).toContain("You may not list loadbalancerpolicies.dualstack.dev: they are not known.");
  const { flags } = await runningCluster();
  const bare = await preview(yaml(service), [...flags, "-o", "json"]);
  expect(shown(bare)).toMatchObject({ policy: "dualstack" });
  expect(bare.stderr).toContain("No policy is given (--policy) or among the input: the built-in starter policy");
});
