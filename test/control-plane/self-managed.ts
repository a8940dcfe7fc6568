/** Replicas of the program that keep their certificate themselves, behind one port, with the rights of the real installation. */
import type { X509Certificate } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { deploy } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { localConfigurations, localWorkload, readKustomization, toYaml } from "./overlay.ts";
import type { Overlay } from "./overlay.ts";
import { createNest } from "./processes.ts";
import type { Server } from "./processes.ts";
import { freePort, webhookUser } from "./start.ts";
import type { ControlPlane } from "./start.ts";
import { tcpProxy } from "./tcp-proxy.ts";

export interface Replica {
  readonly healthUrl: string;
  /** The certificate of the next handshake. */
  served(): Promise<X509Certificate>;
  log(): Promise<string>;
  stop(): Promise<void>;
}

export interface SelfManagedInstallation {
  readonly manifests: readonly Manifest[];
  /** What goes to the API server: our own manifests, but for addresses. */
  readonly local: readonly Manifest[];
  launch(main: "main" | "short-lived"): Promise<Replica>;
  remove(): Promise<void>;
}

export const host = "dualstack-webhook.dualstack-system.svc";
const mains = {
  main: join(import.meta.dirname, "..", "..", "src", "main.ts"),
  "short-lived": fileURLToPath(new URL("./short-lived.ts", import.meta.url)),
};
const turnMs = 300;

/** Renders it, with a folder for its processes, and applies nothing. */
export async function prepareSelfManaged(plane: ControlPlane): Promise<SelfManagedInstallation> {
  const nest = await createNest();
  const policy = join(nest.folder, "policy.yaml");
  await writeFile(policy, toYaml([everywhere]));
  const { manifests, args } = await readSelfManaged(plane, nest.folder);

  // New connections go to one after the other.
  const balancer = await tcpProxy(0);
  const ports: number[] = [];
  let turn = 0;
  const turning = setInterval(() => {
    turn += 1;
    balancer.leadTo(ports[turn % ports.length] ?? 0);
  }, turnMs);

  return {
    manifests,
    local: [...localWorkload(manifests), ...localConfigurations(manifests, balancer.port)],
    async launch(main) {
      const [port, healthPort] = [await freePort(), await freePort()];
      const logFile = join(nest.folder, `webhook-${port}.log`);
      const server: Server = await nest.launch(`output-${port}`, process.execPath, [
        mains[main],
        ...args,
        `--listen=127.0.0.1:${port}`,
        `--health-listen=127.0.0.1:${healthPort}`,
        `--kubeconfig=${plane.credentialsOf(webhookUser).kubeconfigPath}`,
        `--policy=${policy}`,
        `--log-file=${logFile}`,
        // Handshakes happen all the time.
        "--max-connection-age=1",
      ]);
      ports.push(port);
      return {
        healthUrl: `http://127.0.0.1:${healthPort}`,
        served: () => servedBy(port),
        log: () => readFile(logFile, "utf8").catch(() => ""),
        async stop() {
          ports.splice(ports.indexOf(port), 1);
          await server.stop(10_000);
        },
      };
    },
    async remove() {
      clearInterval(turning);
      balancer.close();
      await nest.remove();
    },
  };
}

/** The cluster-wide installation with the component, as a kustomization in a folder of ours. */
export async function readSelfManaged(plane: ControlPlane, parent: string): Promise<Overlay> {
  const folder = join(parent, "kustomization");
  await mkdir(folder);
  const kustomization = {
    resources: [relative(folder, join(deploy, "overlays", "cluster-wide"))],
    components: [relative(folder, join(deploy, "components", "self-managed-certificates"))],
  };
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
  return readKustomization(plane, folder);
}

export const everywhere = {
  apiVersion: "dualstack.dev/v1alpha1",
  kind: "LoadBalancerPolicy",
  metadata: { name: "everywhere" },
  spec: {
    namespaceSelector: {},
    service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: "internal" } },
  },
};

function servedBy(port: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", servername: host, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate === undefined) reject(new Error("no certificate"));
      else resolve(certificate);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
