import { readFile, stat } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { dirname, resolve } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { ApiFailure, describeError } from "./api-failure.ts";
import type { Access, Credentials } from "./credentials.ts";

interface Loaded {
  readonly config: KubeConfig;
  readonly modified: number;
  readonly tokenFile: string | undefined;
}

/**
 * The current context of a kubeconfig file, exec plugins and auth providers included. The file is loaded again when it has
 * changed, and after a refusal: a new KubeConfig forgets the token that it remembered from a plugin.
 */
export function kubeconfigCredentials(file: string): Credentials {
  let loaded: Loaded | undefined;
  return {
    async read({ refused }) {
      const modified = await modifiedAt(file);
      if (loaded === undefined || refused || loaded.modified !== modified) loaded = await load(file, modified);
      return access(file, loaded);
    },
  };
}

async function modifiedAt(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (cause) {
    throw problem(file, `cannot be read (${describeError(cause)}). Check the path`, cause);
  }
}

async function load(file: string, modified: number): Promise<Loaded> {
  // Imported only here: it costs 85 MiB of memory, which a webhook inside the cluster must not pay.
  const { KubeConfig, loadYaml } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw problem(file, `cannot be read (${describeError(cause)}). Check the path and its permissions`, cause);
  });
  try {
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(resolve(file)));
  } catch (cause) {
    throw problem(file, `is not a kubeconfig (${describeError(cause)}). Check it with: kubectl config view`, cause);
  }
  checkContext(file, config);
  return { config, modified, tokenFile: tokenFileOf(file, loadYaml(text), config.getCurrentUser()?.name) };
}

function checkContext(file: string, config: KubeConfig): void {
  const name = config.currentContext;
  const known = config.contexts.map((context) => `"${context.name}"`).toSorted();
  const choose = known.length > 0 ? `It has ${known.join(", ")}. ` : "It has no contexts. ";
  if (!name) throw problem(file, `names no current context. ${choose}Choose one with: kubectl config use-context NAME`);
  const context = config.contexts.find((candidate) => candidate.name === name);
  if (context === undefined) {
    throw problem(
      file,
      `has no context "${name}", its current-context. ${choose}Choose one with: kubectl config use-context NAME`,
    );
  }
  const cluster = config.clusters.find((candidate) => candidate.name === context.cluster);
  if (cluster === undefined)
    throw problem(file, `has no cluster "${context.cluster}", which context "${name}" names. Add the cluster`);
  if (!URL.canParse(cluster.server)) {
    throw problem(
      file,
      `gives "${cluster.server}" as the server of cluster "${cluster.name}". Expected is a URL such as https://host:6443`,
    );
  }
}

/** client-node reads a key `token-file` that kubectl never writes, and skips kubectl's own `tokenFile`. */
function tokenFileOf(file: string, document: unknown, userName: string | undefined): string | undefined {
  const users = field(document, "users");
  if (!Array.isArray(users)) return undefined;
  const entry: unknown = users.find((user: unknown) => field(user, "name") === userName);
  const tokenFile = field(field(entry, "user"), "tokenFile");
  return typeof tokenFile === "string" && tokenFile !== "" ? resolve(dirname(resolve(file)), tokenFile) : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

async function access(file: string, { config, tokenFile }: Loaded): Promise<Access> {
  const options: RequestOptions = {};
  const cluster = config.getCurrentCluster();
  try {
    await config.applyToHTTPSOptions(options);
    const headers = textHeaders(options.headers);
    if (options.auth) headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
    if (tokenFile !== undefined) headers["authorization"] = `Bearer ${(await readFile(tokenFile, "utf8")).trim()}`;
    return {
      server: new URL(cluster?.server ?? ""),
      headers,
      tls: {
        ca: pem(options.ca),
        cert: pem(options.cert),
        key: pem(options.key),
        servername: options.servername,
        rejectUnauthorized: options.rejectUnauthorized,
      },
      proxy: cluster?.proxyUrl && typeof options.agent === "object" ? options.agent : undefined,
    };
  } catch (cause) {
    throw problem(
      file,
      `gives no usable credentials for context "${config.currentContext}" (${describeError(cause).trim()}). Try: kubectl --kubeconfig ${file} get namespaces`,
      cause,
    );
  }
}

function textHeaders(headers: RequestOptions["headers"]): Record<string, string> {
  if (headers === undefined || Array.isArray(headers)) return {};
  const texts = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name.toLowerCase(), String(value)]],
  );
  return Object.fromEntries(texts);
}

function pem(value: RequestOptions["ca"] | RequestOptions["key"]): string | undefined {
  return typeof value === "string" || Buffer.isBuffer(value) ? value.toString() : undefined;
}

function problem(file: string, what: string, cause?: unknown): ApiFailure {
  return new ApiFailure("credentials", `kubeconfig ${file} ${what}.`, { cause });
}
