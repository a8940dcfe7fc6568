import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { json } from "../support/api-server-stub.ts";
import { clusterStub } from "../support/cluster-stub.ts";
import type { ClusterStub, StubObject } from "../support/cluster-stub.ts";

export const paths = {
  Namespace: "/api/v1/namespaces",
  Service: "/api/v1/services",
  Ingress: "/apis/networking.k8s.io/v1/ingresses",
  IngressClass: "/apis/networking.k8s.io/v1/ingressclasses",
  IngressClassParams: "/apis/elbv2.k8s.aws/v1beta1/ingressclassparams",
  TargetGroupBinding: "/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings",
} as const;

export interface RunningCluster {
  readonly stub: ClusterStub;
  readonly kubeconfig: string;
  /** --cluster, and which one. */
  readonly flags: readonly string[];
}

/** A cluster that has these objects; those with a namespace can be read one by one, too. */
export async function runningCluster(
  ...objects: readonly Readonly<Record<string, unknown>>[]
): Promise<RunningCluster> {
  const stub = await clusterStub();
  stub.install(...Object.values(paths));
  for (const object of objects) {
    const { kind } = object;
    const path = Object.entries(paths).find(([each]) => each === kind)?.[1];
    if (path === undefined || !isStored(object)) throw new Error(`a test's cluster has no such object`);
    stub.put(path, object);
    const { namespace, name } = object.metadata;
    if (namespace === undefined) continue;
    const [api, plural] = [path.slice(0, path.lastIndexOf("/")), path.slice(path.lastIndexOf("/") + 1)];
    stub.script("list", `${api}/namespaces/${namespace}/${plural}/${name}`, json(200, object));
  }
  const kubeconfig = await kubeconfigFor(stub.url);
  return { stub, kubeconfig, flags: ["--cluster", "--kubeconfig", kubeconfig] };
}

export async function kubeconfigFor(server: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "preview-cluster-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "config");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    // Plain HTTP is refused otherwise.
    clusters: [{ name: "test", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "test", user: {} }],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

function isStored(object: Readonly<Record<string, unknown>>): object is StubObject {
  const { metadata } = object;
  return typeof metadata === "object" && metadata !== null && "name" in metadata;
}
