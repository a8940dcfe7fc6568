/**
 * The templates of the Helm chart: the manifests of deploy/base and certs/ with values put in where the overlays differ
 * and where clusters do. What is not named here is as in the manifest, comments too, so that both installations stay one.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";
import {
  ownNamespace,
  sources,
  whereCertManager,
  whereEvents,
  whereMonitored,
  whereSelfManaged,
} from "./helm-insertions.ts";
import type { Insertion } from "./helm-insertions.ts";

export interface Template {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Of manifests; what is said of a file goes before what is said of its folder. */
interface Folder {
  readonly path: string;
  readonly prefix: string;
  readonly onlyIf?: string;
}

const templatesFolder = "deploy/helm/dualstack-webhook/templates";

const root = join(import.meta.dirname, "..", "..");

/** In the order of applying. */
const folders: readonly Folder[] = [
  { path: "deploy/base", prefix: "" },
  { path: "certs", prefix: "cert-manager-", onlyIf: whereCertManager },
  { path: "deploy/components/self-managed-certificates", prefix: "", onlyIf: whereSelfManaged },
  { path: "deploy/monitoring", prefix: "monitoring-", onlyIf: whereMonitored },
  { path: "deploy/events", prefix: "events-", onlyIf: whereEvents },
];

/** One for each manifest. A manifest that nothing here speaks of is taken as it is. */
export function chartTemplates(): readonly Template[] {
  return [...folders.flatMap((folder) => manifestsIn(folder).map((path) => templateOf(path, folder))), dashboard()];
}

function templateOf(path: string, { prefix, onlyIf }: Folder): Template {
  const { insertions = [], onlyIf: ofFile = onlyIf } = sources.find((source) => source.path === path) ?? {};
  const manifest = escaped(readFileSync(join(root, path), "utf8"));
  const body = [...insertions, ...everywhere].reduce((text, insertion) => inserted(text, insertion, path), manifest);
  return { path: `${templatesFolder}/${prefix}${basename(path)}`, text: template(path, body, ofFile) };
}

/** Of the component that holds it, which has kustomize make the ConfigMap. */
function dashboard(): Template {
  const path = "deploy/monitoring/kustomization.yaml";
  const { configMapGenerator } = parse(readFileSync(join(root, path), "utf8")) as {
    readonly configMapGenerator: readonly {
      readonly name: string;
      readonly namespace: string;
      readonly files: readonly string[];
      readonly options: { readonly labels: Readonly<Record<string, string>> };
    }[];
  };
  const [generator] = configMapGenerator;
  const [key = "", file = ""] = generator?.files[0]?.split("=") ?? [];
  const { name, namespace, options } = generator ?? {};
  const head = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels: options?.labels } };
  const json = readFileSync(join(root, "deploy/monitoring", file), "utf8").replaceAll(/^(?=.)/gm, "    ");
  const manifest = escaped(`${stringify(head)}data:\n  ${key}: |\n${json}`);
  const body = everywhere.reduce((text, insertion) => inserted(text, insertion, path), manifest);
  return { path: `${templatesFolder}/monitoring-dashboard.yaml`, text: template(path, body, whereMonitored) };
}

function template(path: string, body: string, onlyIf: string | undefined): string {
  return `${header(path)}${onlyIf === undefined ? body : `{{- if ${onlyIf} }}\n${body}{{- end }}\n`}`;
}

/** Comments, too, name the namespace that is really ours. */
const everywhere: readonly Insertion[] = [{ find: /dualstack-system/, put: ownNamespace, times: Number.NaN }];

function header(path: string): string {
  return `{{- /* Generated from ${path} by npm run generate: edit that, or test/support/helm-chart.ts. */}}\n`;
}

/** Texts that are templates of another program, as alerts are, stay what they are. */
function escaped(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

function inserted(text: string, { find, put, times = 1 }: Insertion, path: string): string {
  const pattern = typeof find === "string" ? find : new RegExp(find, `${find.flags}g`);
  const found = typeof pattern === "string" ? text.split(pattern).length - 1 : [...text.matchAll(pattern)].length;
  if (found !== times && !Number.isNaN(times)) {
    throw new Error(
      `test/support/helm-chart.ts expects this ${times} times in ${path}, and it is there ${found} times: ${String(find)}`,
    );
  }
  return text.replaceAll(pattern, typeof put === "string" ? () => put : put);
}

function manifestsIn({ path }: Folder): readonly string[] {
  return readdirSync(join(root, path))
    .filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml")
    .toSorted()
    .map((file) => `${path}/${file}`);
}
