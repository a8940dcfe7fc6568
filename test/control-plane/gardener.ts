/**
 * A stand-in for the webhook with which Gardener's AWS extension makes the load balancers of a dual-stack shoot dual-stack,
 * in its own order and under its own name: gardener-extension-provider-aws 1.73, pkg/webhook/shootservice/mutator.go:51-132.
 */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, request } from "node:https";
import { text } from "node:stream/consumers";
import { createLocalCertificate } from "../../src/server/local-certificate.ts";
import { nlb } from "./kubernetes.ts";
import { toYaml } from "./overlay.ts";
import { createNest, poll } from "./processes.ts";
import { freePort } from "./start.ts";
import type { ControlPlane } from "./start.ts";

export interface Gardener {
  /** The annotations of a Service as they came each time, which is after our own webhook. */
  seen(namespace: string, name?: string): readonly Annotations[];
  /** Gives kube-dns an IPv6 family, by which it knows a dual-stack shoot. */
  becomeDualStack(): Promise<void>;
  stop(): Promise<void>;
}

export const ignoreLoadBalancer = "extensions.gardener.cloud/ignore-load-balancer";
export const oldLoadBalancer = "gardener.cloud/old-load-balancer-name";
/** What it overwrites the author's values with. */
export const overwritten = {
  [`${nlb}-ip-address-type`]: "dualstack",
  [`${nlb}-scheme`]: "internet-facing",
  [`${nlb}-nlb-target-type`]: "instance",
  [`${nlb}-type`]: "external",
};

type Annotations = Readonly<Record<string, string>>;

interface Service {
  readonly metadata: {
    readonly annotations?: Annotations;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly type?: string; readonly ipFamilies?: readonly string[] };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly hostname?: string }[] } };
}

interface AdmissionReview {
  readonly request: {
    readonly uid: string;
    readonly namespace: string;
    readonly name: string;
    readonly object: Service;
    readonly oldObject: Service | null;
  };
}

/** Registers it in front of an API server, of a shoot whose kube-dns has IPv4 only. */
export async function startGardener(plane: ControlPlane): Promise<Gardener> {
  const nest = await createNest();
  const { cert, key, ca } = await createLocalCertificate(nest.folder);
  const calls: AdmissionReview["request"][] = [];
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    const answer = async (): Promise<string> => {
      const { request: call } = JSON.parse(await text(incoming)) as AdmissionReview;
      calls.push(call);
      return JSON.stringify({
        apiVersion: "admission.k8s.io/v1",
        kind: "AdmissionReview",
        response: { uid: call.uid, allowed: true, ...patchOf(call, await familiesOfKubeDns(plane)) },
      });
    };
    answer().then(
      (body) => outgoing.setHeader("content-type", "application/json").end(body),
      () => outgoing.writeHead(500).end(),
    );
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));

  await apply(plane, kubeDns("SingleStack"), configuration(port, ca));
  const canary = async (): Promise<boolean> => {
    await plane.kubectl(["create", "--dry-run=server", "-f", "-"], { stdin: toYaml([canaryService]) });
    return calls.some(({ name }) => name === canaryService.metadata.name);
  };
  if (!(await poll(canary, { every: 100, within: 30_000 }))) throw new Error("The API server does not call Gardener");

  return {
    seen: (namespace, name = "web") =>
      calls
        .filter((call) => call.namespace === namespace && call.name === name)
        .map(({ object }) => object.metadata.annotations ?? {}),
    becomeDualStack: () => apply(plane, kubeDns("RequireDualStack")),
    async stop() {
      server.close();
      server.closeAllConnections();
      await nest.remove();
    },
  };
}

/** The configuration as Gardener registers it in the shoot, but for the address. */
function configuration(port: number, caPem: string): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "gardener-extension-provider-aws-shoot" },
    webhooks: [
      {
        name: "shoot-service.aws.extensions.gardener.cloud",
        admissionReviewVersions: ["v1", "v1beta1"],
        clientConfig: {
          url: `https://127.0.0.1:${port}/shoot-service`,
          caBundle: Buffer.from(caPem).toString("base64"),
        },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["services"], operations: ["CREATE", "UPDATE"] }],
        objectSelector: {
          matchExpressions: [{ key: "resources.gardener.cloud/managed-by", operator: "DoesNotExist" }],
        },
        failurePolicy: "Ignore",
        matchPolicy: "Exact",
        sideEffects: "None",
        timeoutSeconds: 10,
      },
    ],
  };
}

function patchOf({ object, oldObject }: AdmissionReview["request"], families: readonly string[]): object {
  const { metadata, spec } = object;
  if (metadata.deletionTimestamp !== undefined || spec.type !== "LoadBalancer" || !families.includes("IPv6")) return {};
  const before = metadata.annotations ?? {};
  const after = mutated(before, oldObject);
  if (after === before) return {};
  const patch = [{ op: "add", path: "/metadata/annotations", value: after }];
  return { patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(patch)).toString("base64") };
}

function mutated(annotations: Annotations, old: Service | null): Annotations {
  if (old !== null && !isIgnored(annotations) && annotations[`${nlb}-ip-address-type`] !== "dualstack") {
    // One that was ignored until this update is taken on.
    if (!isIgnored(old.metadata.annotations ?? {})) return { ...annotations, [ignoreLoadBalancer]: "true" };
  }
  const isInternal = annotations[`${nlb}-scheme`] === "internal" || annotations[`${nlb}-internal`] === "true";
  if (isInternal || isIgnored(annotations)) return annotations;
  const [address] = old?.status?.loadBalancer?.ingress ?? [];
  const left = address?.hostname === undefined ? {} : { [oldLoadBalancer]: address.hostname };
  return { ...annotations, ...left, ...overwritten };
}

function isIgnored(annotations: Annotations): boolean {
  return annotations[ignoreLoadBalancer] === "true";
}

/** How it tells whether the shoot has IPv6. */
async function familiesOfKubeDns({ url, caPem, token }: ControlPlane): Promise<readonly string[]> {
  const outgoing = request(`${url}/api/v1/namespaces/kube-system/services/kube-dns`, {
    ca: caPem,
    headers: { authorization: `Bearer ${token}` },
  });
  const responded = once(outgoing, "response");
  outgoing.end();
  const [response] = (await responded) as [IncomingMessage];
  return (JSON.parse(await text(response)) as Service).spec.ipFamilies ?? [];
}

function kubeDns(ipFamilyPolicy: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "kube-system", name: "kube-dns" },
    spec: { ipFamilyPolicy, ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
  };
}

/** Of a controller that nobody here knows. */
const canaryService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace: "default", name: "gardener-canary" },
  spec: { type: "LoadBalancer", loadBalancerClass: "example.com/canary", ports: [{ port: 443 }] },
};

async function apply(plane: ControlPlane, ...objects: readonly object[]): Promise<void> {
  const { code, stderr } = await plane.kubectl(["apply", "-f", "-"], { stdin: toYaml(objects) });
  if (code !== 0) throw new Error(stderr);
}
