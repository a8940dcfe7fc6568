/** What the real program asks its API server for, by what the installed policies need. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { kubeconfigFor, paths } from "../../commands/running-cluster.ts";
import { json } from "../../support/api-server-stub.ts";
import { call, requestOf } from "../../support/caller.ts";
import { clusterStub } from "../../support/cluster-stub.ts";
import { startServing } from "../../support/serving-program.ts";
import { rawIngress, rawService } from "../../support/subjects.ts";
import { reviewOf } from "../../support/webhook-app.ts";
import { toYaml } from "../overlay.ts";

const within = { timeout: 30_000, interval: 50 };
const families = `${paths.Namespace}/default/services/kubernetes`;
const autoMode = "/apis/eks.amazonaws.com/v1";
const ofOtherObjects = [
  paths.Service,
  paths.Ingress,
  paths.IngressClass,
  paths.IngressClassParams,
  paths.TargetGroupBinding,
  `${autoMode}/ingressclassparams`,
  `${autoMode}/targetgroupbindings`,
];
const off = { namespaceSelector: {}, mode: "Off" };

describe("caches are started for what the policies of a file need", { timeout: 90_000 }, () => {
  it.each([
    { under: "that are all off", policies: { everywhere: off, "to-pick": { mode: "Off", selectable: true } } },
    {
      under: "of which one, that a namespace may pick, is not off",
      policies: { everywhere: off, "to-pick": { mode: "Warn", selectable: true } },
      others: ofOtherObjects,
    },
    {
      under: "of which there is none for some namespace",
      policies: { some: { ...off, namespaceSelector: { matchLabels: { team: "a" } } } },
      others: ofOtherObjects,
    },
  ])("under policies $under", async ({ policies, others = [] }) => {
    const stub = await clusterStub();
    stub.install(...Object.values(paths));
    stub.put(paths.Namespace, { metadata: { name: "shop" } });
    stub.script("list", families, json(200, { spec: { ipFamilies: ["IPv4"] } }));
    const program = await startServing([
      `--kubeconfig=${await kubeconfigFor(stub.url)}`,
      `--policy=${policyFile(policies)}`,
    ]);
    await expect.poll(() => program.ask("/readyz"), within).toEqual([200, "ok"]);
    // Neither do decisions ask for more, of an Ingress of an unknown class least of all.
    const spec = { ingressClassName: "alb" };
    for (const object of others.length === 0 ? [rawService({}), rawIngress({ spec })] : []) {
      for (const path of ["/mutate", "/validate"]) {
        const { status, body } = await call(program.port, requestOf(`${path}?timeout=5s`, reviewOf(object)));
        expect([status, JSON.parse(body)]).toMatchObject([200, { response: { allowed: true } }]);
      }
    }
    const asked = new Set([...stub.lists, ...stub.watches]);
    expect([...asked].toSorted()).toEqual([paths.Namespace, families, ...others].toSorted());
    expect(await program.metric('dualstack_cache_synced{resource="services"}')).toBe(
      others.length === 0 ? undefined : 1,
    );
  });
});

function policyFile(policies: Readonly<Record<string, object>>): string {
  const folder = mkdtempSync(join(tmpdir(), "dualstack-caches-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "policies.yaml");
  const objects = Object.entries(policies).map(([name, spec]) => ({
    apiVersion: "dualstack.dev/v1alpha1",
    kind: "LoadBalancerPolicy",
    metadata: { name },
    spec,
  }));
  writeFileSync(file, toYaml(objects));
  return file;
}
