/** A control plane with the webhook in front of it, and what scenarios do there with kubectl. */
import { toYaml } from "./overlay.ts";
import type { Result } from "./processes.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane, ControlPlaneOptions } from "./start.ts";
import { startWebhook } from "./webhook.ts";
import type { Webhook, WebhookOptions } from "./webhook.ts";

export interface Cluster {
  readonly plane: ControlPlane;
  readonly webhook: Webhook;
  /** Runs kubectl in a namespace; `input` goes to its standard input, for `-f -`. */
  kubectl(namespace: string, args: readonly string[], input?: object): Promise<Result>;
  /** Creates a namespace for one test. */
  namespace(name: string, labels?: Readonly<Record<string, string>>): Promise<string>;
  create(object: Manifest, ...args: readonly string[]): Promise<Result>;
  apply(object: Manifest, ...args: readonly string[]): Promise<Result>;
  replace(object: Manifest, ...args: readonly string[]): Promise<Result>;
  /** A merge patch of a stored Service called web. */
  patch(namespace: string, patch: object, ...args: readonly string[]): Promise<Result>;
  /** What is stored; undefined where nothing is. */
  read(object: Pick<Manifest, "kind" | "metadata">): Promise<Stored | undefined>;
  /** Makes a Service one whose load balancer exists: what its controller writes into the status. */
  provision(object: Manifest, hostname?: string): Promise<void>;
  stop(): Promise<void>;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: Readonly<Record<string, unknown>>;
}

interface Metadata {
  readonly namespace: string;
  readonly name?: string;
  readonly generateName?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

export interface Stored extends Manifest {
  readonly metadata: Metadata & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
  };
}

/** The prefix of a Service's annotations. */
export const nlb = "service.beta.kubernetes.io/aws-load-balancer";
/** The prefix of an Ingress's annotations. */
export const alb = "alb.ingress.kubernetes.io";

export async function startCluster({
  serviceCidr,
  audit = false,
  tracing = false,
  ...options
}: Pick<ControlPlaneOptions, "serviceCidr" | "audit" | "tracing"> & WebhookOptions): Promise<Cluster> {
  const plane = await startControlPlane({ audit, tracing, ...(serviceCidr === undefined ? {} : { serviceCidr }) });
  let webhook: Webhook | undefined;
  try {
    webhook = await startWebhook(plane, options);
    await webhook.configure();
    return clusterOf(plane, webhook);
  } catch (error) {
    await webhook?.remove();
    await plane.stop();
    throw error;
  }
}

function clusterOf(plane: ControlPlane, webhook: Webhook): Cluster {
  const kubectl: Cluster["kubectl"] = (namespace, args, input) =>
    plane.kubectl([`--namespace=${namespace}`, ...args], { stdin: toYaml(input === undefined ? [] : [input]) });
  const send =
    (verb: string) =>
    (object: Manifest, ...args: readonly string[]) =>
      kubectl(object.metadata.namespace, [verb, "-f", "-", ...args], object);
  return {
    plane,
    webhook,
    kubectl,
    async namespace(name, labels = {}) {
      await expectSuccess(plane.kubectl(["create", "-f", "-"], { stdin: toYaml([namespaceManifest(name, labels)]) }));
      return name;
    },
    create: send("create"),
    apply: send("apply"),
    replace: send("replace"),
    patch: (namespace, patch, ...args) =>
      kubectl(namespace, ["patch", "service", "web", "--type=merge", `--patch=${JSON.stringify(patch)}`, ...args]),
    async read({ kind, metadata }) {
      const { code, stdout, stderr } = await kubectl(metadata.namespace, [
        "get",
        kind,
        metadata.name ?? "",
        "-o",
        "json",
      ]);
      if (code === 0) return JSON.parse(stdout) as Stored;
      if (stderr.includes("(NotFound)")) return undefined;
      throw new Error(stderr);
    },
    async provision({ kind, metadata }, hostname = "web-1234.elb.eu-central-1.amazonaws.com") {
      const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ hostname }] } } });
      await expectSuccess(
        kubectl(metadata.namespace, [
          "patch",
          kind,
          metadata.name ?? "",
          "--subresource=status",
          "--type=merge",
          `--patch=${status}`,
        ]),
      );
    },
    async stop() {
      await webhook.remove();
      await plane.stop();
    },
  };
}

/** Throws what kubectl said where it failed: for the steps that only lead up to what a test is about. */
export async function expectSuccess(running: Promise<Result>): Promise<Result> {
  const result = await running;
  if (result.code !== 0) throw new Error(result.stderr);
  return result;
}

/** A Service of type LoadBalancer called web, with one TCP port, unless `spec` says otherwise. */
export function service(
  namespace: string,
  { metadata, spec }: { readonly metadata?: Partial<Metadata>; readonly spec?: Manifest["spec"] } = {},
): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace, name: "web", ...metadata },
    spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ name: "https", port: 443 }], ...spec },
  };
}

/** An Ingress called web. */
export function ingress(
  namespace: string,
  { metadata, spec }: { readonly metadata?: Partial<Metadata>; readonly spec?: Manifest["spec"] } = {},
): Manifest {
  const backend = { service: { name: "web", port: { number: 443 } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { namespace, name: "web", ...metadata },
    spec: { defaultBackend: backend, ...spec },
  };
}

/** The annotations, less the one that `kubectl apply` keeps for itself. */
export function annotationsOf(stored: Stored | undefined): Readonly<Record<string, string>> {
  const annotations = Object.entries(stored?.metadata.annotations ?? {});
  return Object.fromEntries(annotations.filter(([key]) => key !== "kubectl.kubernetes.io/last-applied-configuration"));
}

function namespaceManifest(name: string, labels: Readonly<Record<string, string>>): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}
