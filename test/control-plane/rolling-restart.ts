import { expect } from "vitest";
import type { Manifest } from "../deploy/render.ts";
import { startReplicas } from "./balancer.ts";
import type { Replicas } from "./balancer.ts";
import { startDryRuns } from "./dry-runs.ts";
import type { Outcomes } from "./dry-runs.ts";
import { install, succeed } from "./installation.ts";
import { localConfigurations, toYaml } from "./overlay.ts";
import { poll } from "./processes.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";

export interface TwoReplicas {
  readonly plane: ControlPlane;
  readonly replicas: Replicas;
  /** Sends 200 calls a second while something is done. */
  readonly underLoad: (work: () => Promise<void>) => Promise<Outcomes>;
  readonly stop: () => Promise<void>;
}

const namespace = "shop";
const calls = { namespace, perSecond: 200 };
const policy = {
  namespaceSelector: {},
  service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: "internal" } },
};

/** A control plane whose webhooks, of which none may be skipped, are two replicas with a drain delay of two seconds. */
export async function startTwoReplicas(...flags: readonly string[]): Promise<TwoReplicas> {
  const plane = await startControlPlane();
  const installation = await install(plane, {
    policies: { internal: policy },
    flags: ["--controllers=aws-load-balancer-controller", "--shutdown-delay=2"],
  });
  const replicas = await startReplicas(installation, flags);
  const stop = async (): Promise<void> => {
    replicas.close();
    await installation.nest.remove();
    await plane.stop();
  };
  try {
    await Promise.all([replicas.add(), replicas.add()]);
    const configurations = localConfigurations(installation.manifests, replicas.port, installation.caPem);
    await succeed(plane, ["apply", "-f", "-"], toYaml(failing(configurations)));
    await succeed(plane, ["create", "namespace", namespace], "");
    await untilInjected(plane, namespace);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    plane,
    replicas,
    stop,
    async underLoad(work) {
      const dryRuns = startDryRuns(plane, calls);
      await work().catch(async (error: unknown) => {
        await dryRuns.stop();
        throw error;
      });
      return dryRuns.stop();
    },
  };
}

/** With connections that end this soon each replica is called while it lives, however few of them an API server needs. */
export const shortConnections = "--max-connection-age=1";

/** Restarts both replicas so many times under load, sees that each of them answered, and resolves with what came of the calls. */
export async function restartUnderLoad({ replicas, underLoad }: TwoReplicas, restarts: number): Promise<Outcomes> {
  const outcomes = await underLoad(async () => {
    for (let restart = 0; restart < restarts; restart += 1) await replicas.restart();
    await replicas.ends();
    await expect
      .poll(async () => (await replicas.decisions()).slice(-2), { timeout: 30_000, interval: 200 })
      .not.toContain(0);
  });
  // Otherwise the machine was too busy for what follows.
  expect(replicas.misdirected()).toBe(0);
  expect(await replicas.ends()).toEqual(Array.from({ length: 2 * restarts }, () => "exited with code 0"));
  // Lines of the log are written a moment late. Each call is two decisions; those before the load come on top.
  const total = async (): Promise<number> => (await replicas.decisions()).reduce((sum, count) => sum + count);
  await expect.poll(total).toBeGreaterThanOrEqual(2 * outcomes.sent);
  const decisions = await replicas.decisions();
  expect(decisions).toHaveLength(2 * restarts + 2);
  expect(decisions).not.toContain(0);
  return outcomes;
}

/** A lost call fails at once, however long the others may take on a busy machine. */
export function failing(configurations: readonly Manifest[]): readonly Manifest[] {
  const text = JSON.stringify(configurations)
    .replaceAll('"failurePolicy":"Ignore"', '"failurePolicy":"Fail"')
    .replaceAll(/"timeoutSeconds":\d+/g, '"timeoutSeconds":15');
  return JSON.parse(text) as readonly Manifest[];
}

/** New webhook configurations take effect within about a second, the one before the other. */
export async function untilInjected(plane: ControlPlane, namespace: string): Promise<void> {
  const inForce = async (): Promise<boolean> => {
    const dryRuns = startDryRuns(plane, { namespace, perSecond: 20 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { sent, injected } = await dryRuns.stop();
    return sent > 0 && sent === injected;
  };
  if (!(await poll(inForce, { every: 0, within: 30_000 })))
    throw new Error("The API server does not call the webhooks");
}
