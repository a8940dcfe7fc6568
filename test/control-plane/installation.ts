/** Installs the project's own manifests on a control plane, and what a pod of the Deployment would find in its volumes. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { certs } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { localWorkload, readOverlay, toYaml } from "./overlay.ts";
import type { OverlayName } from "./overlay.ts";
import { createNest } from "./processes.ts";
import type { Nest } from "./processes.ts";
import { webhookUser } from "./start.ts";
import type { ControlPlane } from "./start.ts";

/** Specs by name. */
type Policies = Readonly<Record<string, object>>;

export interface InstallationOptions {
  readonly overlay?: OverlayName;
  /** Given as files. "cluster": the LoadBalancerPolicies of the cluster, as the Deployment has it. */
  readonly policies?: Policies | "cluster";
  /** Beside those of the overlay's Deployment: what the cluster is like. */
  readonly flags?: readonly string[];
  /** How it reaches the API server. Left out: directly, with a kubeconfig. */
  readonly connection?: (plane: ControlPlane) => Promise<Connection>;
  /** Writes tls.crt and tls.key into the folder and gives the CA. Left out: as certs/local.sh does. */
  readonly certificate?: (tlsDir: string) => Promise<string>;
}

interface Connection {
  readonly flags: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Installation {
  /** For the processes of the webhook. Its owner removes it. */
  readonly nest: Nest;
  readonly manifests: readonly Manifest[];
  /** Where the serving certificate is. */
  readonly tlsDir: string;
  /** Of the serving certificate. */
  readonly caPem: string;
  /** Writes another certificate over it, of another CA, which it gives. Processes that run notice. */
  readonly renewCertificate: () => Promise<string>;
  /** What a process is told, less its addresses and where it logs. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export const canaryNamespace = "canary";
const main = join(import.meta.dirname, "..", "..", "src", "main.ts");

/** All but the webhook configurations. */
export async function install(plane: ControlPlane, options: InstallationOptions): Promise<Installation> {
  const { manifests, args } = await readOverlay(plane, options.overlay ?? "cluster-wide");
  await succeed(
    plane,
    ["apply", "-f", "-"],
    toYaml([...localWorkload(manifests), canaryNamespaceManifest, albClassManifest]),
  );

  const nest = await createNest();
  const [tlsDir, policyDir] = [join(nest.folder, "tls"), join(nest.folder, "policies")];
  const renewCertificate = (): Promise<string> => (options.certificate ?? localCertificate)(tlsDir);
  await mkdir(tlsDir);
  const caPem = await renewCertificate();
  await mkdir(policyDir);
  const writePolicies = async (policies: Policies): Promise<void> => {
    for (const [name, spec] of Object.entries(policies)) {
      const policy = { apiVersion: "dualstack.dev/v1alpha1", kind: "LoadBalancerPolicy", metadata: { name }, spec };
      await writeFile(join(policyDir, `${name}.yaml`), toYaml([policy]));
    }
  };
  const { policies = {} } = options;
  if (policies !== "cluster") await writePolicies(policies);
  const { flags: connection, environment = {} } = await (options.connection ?? byKubeconfig)(plane);
  return {
    nest,
    manifests,
    tlsDir,
    caPem,
    renewCertificate,
    args: [
      main,
      ...args,
      `--tls-dir=${tlsDir}`,
      ...(policies === "cluster" ? [] : [`--policy=${policyDir}`]),
      ...connection,
      ...(options.flags ?? []),
    ],
    environment,
  };
}

async function localCertificate(tlsDir: string): Promise<string> {
  await promisify(execFile)("sh", [join(certs, "local.sh"), tlsDir]);
  return readFile(join(tlsDir, "ca.crt"), "utf8");
}

function byKubeconfig(plane: ControlPlane): Promise<Connection> {
  return Promise.resolve({ flags: [`--kubeconfig=${plane.credentialsOf(webhookUser).kubeconfigPath}`] });
}

/** Runs kubectl, which must not fail. */
export async function succeed(plane: ControlPlane, args: readonly string[], stdin: string): Promise<void> {
  const { code, stderr } = await plane.kubectl(args, { stdin });
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
}

/** Takes part in the opt-in installation, too. */
const canaryNamespaceManifest = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: canaryNamespace, labels: { "dualstack.dev/inject": "enabled" } },
};

/** As the chart of the AWS Load Balancer Controller brings it, but without IngressClassParams. */
const albClassManifest = {
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: "alb" },
  spec: { controller: "ingress.k8s.aws/alb" },
};
