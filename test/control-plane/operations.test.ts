/** The commands of docs/operations.md, as it has them and in its order, against a real API server with the webhook beside it. */
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parseAllDocuments } from "yaml";
import { at, pick } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { between, documentBlocks, tableNames } from "../support/operations.ts";
import type { Block } from "../support/operations.ts";
import { findAssets, findHelm } from "./assets.ts";
import { expectSuccess, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";
import { localWorkload, readOverlay, toYaml } from "./overlay.ts";
import { poll } from "./processes.ts";
import type { Result } from "./processes.ts";
import { findCertManagerCrds } from "./published-crds.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";

/** With kubectl and helm in it, under these names. */
let programs: string;
beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "operations-"));
  await symlink((await findAssets()).kubectl, join(programs, "kubectl"));
  await symlink(await findHelm(), join(programs, "helm"));
  return () => rm(programs, { recursive: true });
}, 600_000);

function shell(plane: ControlPlane, { text }: Block): Promise<Result> {
  return plane.run("sh", ["-euc", `PATH=${programs}:$PATH\n${text}`]);
}

async function withCertManager(plane: ControlPlane): Promise<void> {
  const crds = (await findCertManagerCrds()).flatMap((file) => ["-f", file]);
  await expectSuccess(plane.kubectl(["create", ...crds]));
  // Of one that has no status yet, kubectl wait says that it cannot read it.
  const wait = ["wait", "--for=condition=Established", "crd", "--all"];
  const established = async (): Promise<boolean> => (await plane.kubectl(wait)).code === 0;
  if (!(await poll(established, { every: 200, within: 30_000 }))) throw new Error("cert-manager's CRDs are not served");
}

describe("an installation", () => {
  let cluster: Cluster;
  let manifests: readonly Manifest[];
  beforeAll(async () => {
    cluster = await startCluster({ policies: "cluster", flags: ["--controllers=aws-load-balancer-controller"] });
    ({ manifests } = await readOverlay(cluster.plane, "cluster-wide"));
    await withCertManager(cluster.plane);
    await cluster.namespace("shop");
    return () => cluster.stop();
  }, 600_000);

  /** What Pods and cert-manager would do after a command that applies the installation. */
  async function reconnect(): Promise<void> {
    await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: toYaml(localWorkload(manifests)) }));
    await cluster.webhook.configure();
  }

  const created = async (): Promise<boolean> => (await cluster.create(service("shop"), "--dry-run=server")).code === 0;
  const modeOf = async (): Promise<string> =>
    (await cluster.plane.kubectl(["get", "lbpolicy", "public-dualstack", "-o", "jsonpath={.spec.mode}"])).stdout;

  /** What the canary has found, which runs again when policies change. */
  const proof = async (): Promise<string> => {
    const text = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
    return /dualstack_canary_success\{result="([a-z-]+)"\}/.exec(text)?.[1] ?? "";
  };

  /** What is so after the block that has these words, the first time. */
  const effects: readonly (readonly [string, () => Promise<void>])[] = [
    [
      "kubectl delete mutatingwebhookconfiguration,",
      async () => {
        await cluster.webhook.stop();
        await expect.poll(created, { timeout: 10_000 }).toBe(true);
        await cluster.webhook.start();
      },
    ],
    [
      "dualstack.dev/inject=disabled",
      async () => {
        await cluster.webhook.stop();
        await expect.poll(created, { timeout: 10_000 }).toBe(true);
        await cluster.plane.kubectl(["label", "namespace", "shop", "dualstack.dev/inject-"]);
        await expect.poll(created, { timeout: 10_000 }).toBe(false);
        await cluster.webhook.start();
      },
    ],
    [
      "mode: Warn/",
      async () => {
        expect(await modeOf()).toBe("Warn");
        await expect.poll(proof, { timeout: 45_000 }).toBe("shadow");
      },
    ],
    [
      '{"mode": "Enforce"}',
      async () => {
        expect(await modeOf()).toBe("Enforce");
        await expect.poll(proof, { timeout: 45_000 }).toBe("proved");
      },
    ],
    ['{"mode": "Warn"}', async () => expect(await modeOf()).toBe("Warn")],
    [
      "kubectl delete -k",
      async () => {
        for (const kind of ["crd", "clusterrole", "mutatingwebhookconfiguration"]) {
          expect((await cluster.plane.kubectl(["get", kind, "-o", "name"])).stdout).not.toContain("dualstack");
        }
      },
    ],
  ];

  it("while it is down, users see the words that stand there, and a policy can still be changed", async () => {
    const [block] = documentBlocks().filter(({ text }) => text.includes("failed calling webhook"));
    const [before = "", after = ""] = (block?.text.trim() ?? "").split(":443");
    await cluster.webhook.stop();
    try {
      const refused = await cluster.create(service("shop"));
      expect(refused.code).toBe(1);
      const seen = refused.stderr.replace(/ error when creating "STDIN":/, "").replace(/(?<=\.svc):\d+/, ":443");
      expect(seen).toContain(`${before}:443${after.replace("…", "")}`);
      const policy = {
        apiVersion: "dualstack.dev/v1alpha1",
        kind: "LoadBalancerPolicy",
        metadata: { name: "while-down" },
        spec: { mode: "Off" },
      };
      await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([policy]) }));
      await expectSuccess(cluster.plane.kubectl(["delete", "loadbalancerpolicy", "while-down"]));
    } finally {
      await cluster.webhook.start();
    }
  });

  it("its metrics are those of the table", async () => {
    const text = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
    const names = [...text.matchAll(/^# TYPE (dualstack_\w+)/gm)].map(([, name = ""]) => name);
    expect(tableNames(between("metrics")).toSorted()).toEqual(names.toSorted());
  });

  it("each command does what is said of it", { timeout: 240_000 }, async () => {
    const blocks = documentBlocks();
    const seen = new Set<string>();
    for (const [index, block] of blocks.entries()) {
      if (block.info !== "sh" && block.info !== "sh fails") continue;
      const words = block.info === "sh fails" ? blocks[index + 1]?.text.trim() : undefined;
      const { code, stderr } = await shell(cluster.plane, block);
      const isAsSaid = words === undefined ? code === 0 : code === 1 && stderr.includes(words);
      expect([block.text, isAsSaid, stderr]).toEqual([block.text, true, stderr]);
      const effect = effects.find(([words]) => block.text.includes(words) && !seen.has(words));
      if (effect !== undefined) {
        seen.add(effect[0]);
        await effect[1]();
      }
      if (!block.text.includes("kubectl delete -k")) await reconnect();
    }
    expect([...seen]).toEqual(effects.map(([words]) => words));
  });
});

it("commands for an empty cluster", { timeout: 120_000 }, async () => {
  const plane = await startControlPlane();
  onTestFinished(() => plane.stop());
  await withCertManager(plane);
  const blocks = documentBlocks().filter(({ info }) => info === "sh empty-cluster");
  expect(blocks).toHaveLength(1);
  for (const block of blocks) {
    await expectSuccess(shell(plane, block));
    const { stdout } = await expectSuccess(
      plane.kubectl(["get", "deployment", "-n", "dualstack-system", "-o", "name"]),
    );
    expect(stdout).toBe("deployment.apps/dualstack-webhook\n");
  }
});

it("the kustomization for EKS moves the pods' port, and nothing else", async () => {
  const [block] = documentBlocks().filter(({ info }) => info === "yaml kustomization");
  // Two folders below the root, as the document says: from there its paths lead to deploy/.
  const folder = await mkdtemp(join(import.meta.dirname, "..", ".operations-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "kustomization.yaml"), block?.text ?? "");
  const plane = await startControlPlane();
  onTestFinished(() => plane.stop());
  const { stdout } = await expectSuccess(plane.kubectl(["kustomize", folder]));
  const changed = parseAllDocuments(stdout, { version: "1.1" }).map((document) => document.toJS() as Manifest);
  const container = at(pick(changed, "Deployment"), "spec", "template", "spec", "containers", 0);
  expect(at(container, "args", 0)).toBe("--listen=[::]:10250");
  expect(at(container, "ports", 0)).toEqual({ name: "webhook", containerPort: 10250 });
  const { manifests } = await readOverlay(plane, "cluster-wide");
  const others = (all: readonly Manifest[]): readonly Manifest[] => all.filter(({ kind }) => kind !== "Deployment");
  expect(others(changed)).toEqual(others(manifests));
});
