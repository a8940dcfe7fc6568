/** The project's own manifests, as kubectl renders them, for a webhook that runs on this machine instead of in a pod. */
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { at, deploy, list, pick } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import type { ControlPlane } from "./start.ts";

export type OverlayName = "cluster-wide" | "opt-in";

export interface Overlay {
  readonly manifests: readonly Manifest[];
  /** What the Deployment tells the program, less what only holds in a pod: addresses, paths and credentials. */
  readonly args: readonly string[];
}

/** What `kubectl kustomize` makes of the overlay. */
export function readOverlay(plane: ControlPlane, name: OverlayName): Promise<Overlay> {
  return readKustomization(plane, join(deploy, "overlays", name));
}

/** What `kubectl kustomize` makes of a folder that builds on an overlay. */
export async function readKustomization(plane: ControlPlane, folder: string): Promise<Overlay> {
  const { code, stdout, stderr } = await plane.kubectl(["kustomize", folder]);
  if (code !== 0) throw new Error(`kubectl kustomize: ${stderr}`);
  const manifests = parseAllDocuments(stdout, { version: "1.1" }).map((document) => document.toJS() as Manifest);
  const args = list(pick(manifests, "Deployment"), "spec", "template", "spec", "containers", 0, "args").map(String);
  const inPod = ["--listen", "--health-listen", "--tls-dir", "--policy", "--in-cluster"];
  return { manifests, args: args.filter((arg) => !inPod.includes(arg.replace(/=.*/, ""))) };
}

/** The CRDs of cert-manager are not in a bare API server. */
export function needsCertManager({ apiVersion }: Manifest): boolean {
  return apiVersion.startsWith("cert-manager.io/");
}

function isWebhookConfiguration({ kind }: Manifest): boolean {
  return kind.endsWith("WebhookConfiguration");
}

/** All but the webhook configurations. The Service leads to this machine by its name, so that the API server checks the certificate for that. */
export function localWorkload(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests
    .filter((manifest) => !needsCertManager(manifest) && !isWebhookConfiguration(manifest))
    .map((manifest) =>
      manifest.kind === "Service"
        ? { ...manifest, spec: { type: "ExternalName", externalName: "localhost" } }
        : manifest,
    );
}

/** The webhook configurations, unchanged but for what cert-manager would fill in and the port, which an ExternalName cannot map. */
export function localConfigurations(manifests: readonly Manifest[], port: number, caPem?: string): readonly Manifest[] {
  const trust = caPem === undefined ? {} : { caBundle: Buffer.from(caPem).toString("base64") };
  return manifests.filter(isWebhookConfiguration).map((manifest) => ({
    ...manifest,
    webhooks: list(manifest, "webhooks").map((entry) => {
      const service = { ...record(at(entry, "clientConfig", "service")), port };
      return { ...record(entry), clientConfig: { service, ...trust } };
    }),
  }));
}

/** Several documents of YAML 1.1, which our policies and kubectl are read as. */
export function toYaml(objects: readonly object[]): string {
  return objects.map((object) => stringify(object, { version: "1.1" })).join("---\n");
}

function record(value: unknown): object {
  if (typeof value !== "object" || value === null) throw new Error("The overlay holds no object here");
  return value;
}
