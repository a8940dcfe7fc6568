import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import jsonPatch, { type Operation } from "fast-json-patch";
import { parse, parseAllDocuments } from "yaml";

/**
 * What `kubectl kustomize DIR` prints, for the few features that the kustomizations here use; any other is refused.
 * The tests against a real API server use kubectl itself, so a difference would show there.
 */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

interface Kustomization {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resources: readonly string[];
  readonly sortOptions?: { readonly order: string };
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
  readonly patches?: readonly KustomizePatch[];
}

interface KustomizePatch {
  readonly target: { readonly group: string; readonly kind: string; readonly name: string };
  readonly patch: string;
}

export const deploy = fileURLToPath(new URL("../../deploy", import.meta.url));
export const certs = fileURLToPath(new URL("../../certs", import.meta.url));
export const overlays: readonly string[] = readdirSync(join(deploy, "overlays"));

export function renderOverlay(name: string): readonly Manifest[] {
  return render(join(deploy, "overlays", name));
}

/** An overlay with a component on top, as a kustomization that names both prints it. */
export function renderComponent(overlay: string, component: string): readonly Manifest[] {
  const dir = join(deploy, "components", component);
  const { resources, patches = [] } = readKustomization(dir);
  const added = resources.flatMap((resource) => readManifests(join(dir, resource)));
  return patches.reduce(applied, [...renderOverlay(overlay), ...added]);
}

function render(dir: string): readonly Manifest[] {
  const { resources, patches = [] } = readKustomization(dir);
  const manifests = resources.flatMap((resource) => {
    const at = join(dir, resource);
    return statSync(at).isDirectory() ? render(at) : readManifests(at);
  });
  return patches.reduce(applied, manifests);
}

export function readKustomization(dir: string): Kustomization {
  const kustomization = parse(readFileSync(join(dir, "kustomization.yaml"), "utf8")) as Kustomization;
  const known = ["apiVersion", "kind", "resources", "sortOptions", "images", "patches"];
  const unknown = Object.keys(kustomization).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${dir}: this renderer does not know ${unknown.join(", ")}`);
  return kustomization;
}

/** The one of this kind, and of this name where there are several. */
export function pick(manifests: readonly Manifest[], kind: string, name = "dualstack-webhook"): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  const [manifest] = found;
  if (manifest === undefined || found.length > 1) throw new Error(`${found.length} times ${kind} ${name}`);
  return manifest;
}

/** The value under these keys; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Readonly<Record<string, unknown>>)[key] : undefined,
    value,
  );
}

export function list(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  if (!Array.isArray(found)) throw new Error(`${path.join(".")} is not a list`);
  return found;
}

/** YAML 1.1, as kubectl reads it. */
function readManifests(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(file, "utf8"), { version: "1.1" }).map((document) => {
    if (document.errors.length > 0)
      throw new Error(`${basename(dirname(file))}/${basename(file)}`, { cause: document.errors });
    return document.toJS() as Manifest;
  });
}

function applied(manifests: readonly Manifest[], { target, patch }: KustomizePatch): readonly Manifest[] {
  const operations = parse(patch) as Operation[] | { readonly $patch: string };
  const isTarget = ({ apiVersion, kind, metadata }: Manifest): boolean =>
    apiVersion.startsWith(`${target.group}/`) &&
    new RegExp(`^(?:${target.kind})$`).test(kind) &&
    new RegExp(`^(?:${target.name})$`).test(metadata.name);
  if (!manifests.some(isTarget)) throw new Error(`nothing to patch: ${JSON.stringify(target)}`);
  if (!Array.isArray(operations)) {
    if (operations.$patch !== "delete") throw new Error(`this renderer does not know the patch ${patch}`);
    return manifests.filter((manifest) => !isTarget(manifest));
  }
  return manifests.map((manifest) =>
    isTarget(manifest) ? jsonPatch.applyPatch(manifest, operations, true, false).newDocument : manifest,
  );
}
