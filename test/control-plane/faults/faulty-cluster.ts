/** A control plane, the webhook, and between them what can go wrong: the program reaches its API server through two proxies. */
import { readFile, writeFile } from "node:fs/promises";
import { apiProxy } from "../api-proxy.ts";
import type { ApiProxy } from "../api-proxy.ts";
import { expectSuccess, nlb, service, startCluster } from "../kubernetes.ts";
import type { Cluster } from "../kubernetes.ts";
import { webhookUser } from "../start.ts";
import { tcpProxy } from "../tcp-proxy.ts";
import type { TcpProxy } from "../tcp-proxy.ts";
import type { WebhookOptions } from "../webhook.ts";

export interface FaultyCluster extends Cluster {
  /** The connections of the program to its API server. */
  readonly link: TcpProxy;
  /** Behind the link: what is answered. */
  readonly gateway: ApiProxy;
  /** The connections of the API server to the program. */
  readonly front: TcpProxy;
}

/** Two policies that a namespace may pick, and none for the others. */
const policies = Object.fromEntries(
  [
    { name: "internal", scheme: "internal" },
    { name: "public", scheme: "internet-facing" },
  ].map(({ name, scheme }) => [
    name,
    {
      selectable: true,
      service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: scheme } },
    },
  ]),
);

/** What a cluster needs for `schemeIn`. */
export const twoPolicies = { policies, flags: ["--controllers=aws-load-balancer-controller"] } as const;

export async function startFaultyCluster(options: WebhookOptions = {}): Promise<FaultyCluster> {
  let proxies: Pick<FaultyCluster, "link" | "gateway"> | undefined;
  let front: TcpProxy | undefined;
  const cluster = await startCluster({
    ...twoPolicies,
    ...options,
    async front(port) {
      front = await tcpProxy(port);
      return front.port;
    },
    async connection(plane) {
      const gateway = await apiProxy(plane);
      const link = await tcpProxy(gateway.port);
      proxies = { link, gateway };
      const direct = plane.credentialsOf(webhookUser).kubeconfigPath;
      const kubeconfig = `${direct}-behind-proxies`;
      await writeFile(kubeconfig, pointedTo(link.port, await readFile(direct, "utf8")), { mode: 0o600 });
      return { flags: [`--kubeconfig=${kubeconfig}`] };
    },
  });
  if (proxies === undefined || front === undefined) throw new Error("The webhook did not ask how to connect");
  const { link, gateway } = proxies;
  const before = front;
  return {
    ...cluster,
    link,
    gateway,
    front: before,
    async stop() {
      await cluster.stop();
      before.close();
      link.close();
      gateway.close();
    },
  };
}

/** Plain HTTP is allowed only where no certificate would be checked either. */
function pointedTo(port: number, kubeconfig: string): string {
  const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
  return JSON.stringify({ ...(JSON.parse(kubeconfig) as object), clusters: [{ name: "test", cluster }] });
}

export type Picked = "internal" | "public";

/** Creates a namespace that picks a policy. */
export function picking(cluster: Cluster, name: string, policy: Picked): Promise<string> {
  return cluster.namespace(name, { "dualstack.dev/policy": policy });
}

export async function pick(cluster: Cluster, name: string, policy: Picked): Promise<void> {
  const args = ["label", "--overwrite", "namespace", name, `dualstack.dev/policy=${policy}`];
  await expectSuccess(cluster.plane.kubectl(args));
}

/** The scheme that a new Service gets in a namespace, or kubectl's words where it is refused. */
export async function schemeIn(cluster: Cluster, namespace: string): Promise<string> {
  const path = `{.metadata.annotations.${nlb.replaceAll(".", "\\.")}-scheme}`;
  const { code, stdout, stderr } = await cluster.create(
    service(namespace),
    "--dry-run=server",
    "-o",
    `jsonpath=${path}`,
  );
  return code === 0 ? stdout : stderr;
}

export async function readiness(cluster: Cluster): Promise<{ readonly status: number; readonly body: string }> {
  const answer = await fetch(`${cluster.webhook.healthUrl}/readyz`);
  return { status: answer.status, body: await answer.text() };
}

/** The value of a metric's line; 0 where there is none. */
/** How many reviews it is answering at this moment. */
export function inFlight(cluster: Cluster): Promise<number> {
  return metric(cluster, "dualstack_admission_in_flight");
}

export async function metric(cluster: Cluster, line: string): Promise<number> {
  const text = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
  const found = text.split("\n").find((candidate) => candidate.startsWith(`${line} `));
  return Number(found?.slice(line.length) ?? 0);
}

/** When the watch of namespaces has last heard of anything, in milliseconds since 1970. */
export async function heardAt(cluster: Cluster): Promise<number> {
  return 1000 * (await metric(cluster, 'dualstack_cache_last_event_timestamp_seconds{resource="namespaces"}'));
}

/** How often the watch of namespaces has been started again for this reason. */
export function restarts(cluster: Cluster, reason: string): Promise<number> {
  return metric(cluster, `dualstack_watch_restarts_total{resource="namespaces",reason="${reason}"}`);
}
