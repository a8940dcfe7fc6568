import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "./json-text.ts";
import type { ParsedText, ParsedValue, Path } from "./parsed-text.ts";
import { parseYaml } from "./yaml-text.ts";

/** One Kubernetes object of a file; the items of a List are documents of their own. */
export interface ManifestDocument {
  readonly raw: Readonly<Record<string, unknown>>;
  /** The file's path as given, or `stdin`. */
  readonly source: string;
  /** The position among the documents of its source, from 0. */
  readonly index: number;
  /** The line of its source, from 1, where the field at this path stands; else the nearest field around it. */
  readonly lineOf: (path: Path) => number;
}

export interface ManifestProblem {
  readonly source: string;
  /** undefined: the whole source. */
  readonly line: number | undefined;
  /** A sentence that follows `SOURCE:LINE: `. */
  readonly message: string;
  /** The folder exists and has no manifest: not every caller minds. */
  readonly emptyFolder?: true;
}

export interface Manifests {
  readonly documents: readonly ManifestDocument[];
  readonly problems: readonly ManifestProblem[];
}

/** Ten times what etcd lets one object have, and far above any file written by hand; YAML of this size takes 1 GB to read. */
const largestFile = 16 * 1024 * 1024;

/** Deeper than any object an API server stores, and shallow enough for every function that descends into one. */
const deepest = 500;

/**
 * Reads files, folders (all *.yaml, *.yml and *.json below them, in order of their paths) and, for `-`, what `stdin`
 * gives. Never throws: what cannot be read is a problem.
 */
export async function readManifests(paths: readonly string[], stdin?: () => Promise<string>): Promise<Manifests> {
  const read: Manifests[] = [];
  for (const path of paths) {
    if (path === "-") read.push(await readStdin(stdin));
    else for (const found of await filesBelow(path)) read.push(await found());
  }
  return {
    documents: read.flatMap(({ documents }) => documents),
    problems: read.flatMap(({ problems }) => problems),
  };
}

async function readStdin(stdin: (() => Promise<string>) | undefined): Promise<Manifests> {
  if (stdin === undefined) return unreadable("-", "standard input is not read here: name a file or a folder.");
  try {
    const text = await stdin();
    return text.length > largestFile ? unreadable("stdin", tooLarge) : parseManifests(text, "stdin");
  } catch (error) {
    return unreadable("stdin", reasonOf(error));
  }
}

type Reading = () => Promise<Manifests>;

async function filesBelow(path: string): Promise<readonly Reading[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [() => readFile(path)];
    const files = await manifestFiles(path);
    const nothing = "holds no *.yaml, *.yml or *.json file: name the folder that does.";
    return files.length === 0 ? [async () => emptyFolder(path, nothing)] : files.map((file) => () => readFile(file));
  } catch (error) {
    return [async () => unreadable(path, reasonOf(error))];
  }
}

/**
 * Hidden entries are left out: a mounted ConfigMap holds each file a second time below ..data. So are kustomizations,
 * which are no objects.
 */
async function manifestFiles(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) found.push(...(await manifestFiles(path)));
    else if (/\.(ya?ml|json)$/.test(entry.name) && !/^kustomization\.ya?ml$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}

async function readFile(path: string): Promise<Manifests> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // As a stream, so that a pipe (`-f <(helm template …)`), which has no size beforehand, is bounded too.
    for await (const chunk of createReadStream(path)) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > largestFile) return unreadable(path, tooLarge);
      chunks.push(chunk);
    }
  } catch (error) {
    return unreadable(path, reasonOf(error));
  }
  try {
    return parseManifests(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)), path);
  } catch {
    return unreadable(path, "is not UTF-8 text: save it with that encoding.");
  }
}

const tooLarge = `is larger than ${largestFile / 1024 / 1024} MiB: split it into several files.`;

function emptyFolder(source: string, message: string): Manifests {
  return { documents: [], problems: [{ source, line: undefined, message, emptyFolder: true }] };
}

function unreadable(source: string, message: string): Manifests {
  return { documents: [], problems: [{ source, line: undefined, message }] };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "does not exist: check the path.";
  if (code === "EACCES" || code === "EPERM") return "may not be read: check the permissions.";
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
}

/** Reads YAML with any number of documents, or JSON. Never throws. */
export function parseManifests(text: string, source: string): Manifests {
  const parsed = parseText(text.replace(/^\uFEFF/, ""));
  const problems: ManifestProblem[] = parsed.problems.map((problem) => ({ source, ...problem }));
  const documents: ManifestDocument[] = [];
  for (const { raw, lineOf, complaint } of parsed.values.flatMap(flatten)) {
    if (raw === undefined) problems.push({ source, line: lineOf([]), message: complaint });
    else documents.push({ raw, source, index: documents.length, lineOf });
  }
  return { documents, problems };
}

function parseText(text: string): ParsedText {
  return (/^\s*[{[]/.test(text) ? parseJson(text) : undefined) ?? parseYaml(text);
}

type Flattened = { readonly lineOf: (path: Path) => number } & (
  | { readonly raw: ManifestDocument["raw"]; readonly complaint?: undefined }
  | { readonly raw?: undefined; readonly complaint: string }
);

function flatten({ value, lineOf }: ParsedValue): readonly Flattened[] {
  if (!isTree(value, 0)) {
    return [
      { lineOf, complaint: `is nested deeper than ${deepest} levels, or an anchor contains itself: simplify it.` },
    ];
  }
  return flattenObject(value, lineOf);
}

function flattenObject(value: unknown, lineOf: (path: Path) => number): readonly Flattened[] {
  if (!isObject(value)) {
    return [{ lineOf, complaint: "is not a Kubernetes object: write a mapping with apiVersion, kind and metadata." }];
  }
  const { apiVersion, kind, items } = value;
  if (typeof kind !== "string" || kind === "" || typeof apiVersion !== "string" || apiVersion === "") {
    return [{ lineOf, complaint: "has no apiVersion or no kind: name both, so that it is known what it is." }];
  }
  if (!kind.endsWith("List") || !(Array.isArray(items) || kind === "List")) return [{ raw: value, lineOf }];
  const given: readonly unknown[] = Array.isArray(items) ? items : [];
  return given.flatMap((item, index) =>
    flattenObject(withKindOf(item, apiVersion, kind), (path) => lineOf(["items", index, ...path])),
  );
}

/** In a list as the API server sends it (ServiceList), the items leave out what the list's own kind says. */
function withKindOf(item: unknown, apiVersion: string, listKind: string): unknown {
  if (listKind === "List" || !isObject(item) || item["kind"] !== undefined) return item;
  return { apiVersion, kind: listKind.slice(0, -"List".length), ...item };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether descending into it ends soon: an alias within its own anchor makes a value that contains itself. */
function isTree(value: unknown, depth: number, checked = new Set<unknown>()): boolean {
  if (typeof value !== "object" || value === null || checked.has(value)) return true;
  if (depth >= deepest || !Object.values(value).every((item) => isTree(item, depth + 1, checked))) return false;
  checked.add(value);
  return true;
}
