import { randomUUID } from "node:crypto";
import { Agent, request } from "node:https";
import { fileURLToPath } from "node:url";
import jsonPatch from "fast-json-patch";
import type { Operation } from "fast-json-patch";
import { injectedAnnotation } from "../annotations/own.ts";
import { displayName } from "../decision/subject.ts";
import { readManifests } from "../kubernetes/manifests.ts";
import { wrap } from "../text/wrap.ts";

/** A local endpoint and what its users need to know of it. */
export interface LocalEndpoint {
  readonly url: string;
  readonly ca: string;
  readonly caFile: string;
  readonly policyNames: readonly string[];
  /** What is taken for granted of a cluster that does not exist. */
  readonly assumptions: readonly string[];
  readonly print: (text: string) => unknown;
}

const folder = fileURLToPath(new URL("../../examples", import.meta.url));

/** The kinds that a webhook configuration sends us, as a review names them. */
const kinds: Readonly<Record<string, { readonly group: string; readonly resource: string }>> = {
  Service: { group: "", resource: "services" },
  Ingress: { group: "networking.k8s.io", resource: "ingresses" },
};

/**
 * Sends each manifest of examples/ through the endpoint as the API server would, first to /mutate and then the patched
 * object to /validate, and prints what came of it at 80 columns.
 */
export async function showExamples(endpoint: LocalEndpoint): Promise<void> {
  const { url, caFile, policyNames, assumptions, print } = endpoint;
  print(`dualstack-webhook listens on ${url}\n`);
  print(`  policies   ${policyNames.join(", ")}\n`);
  print(`  CA         ${caFile}\n`);
  for (const assumption of assumptions) print(`  assumes    ${assumption}\n`);
  print(`  stop with  Ctrl-C\n\n`);
  print(wrap("What it does to the manifests in examples/ (each change is also noted in dualstack.dev/injected):", 0));

  const agent = new Agent({ keepAlive: true, ca: endpoint.ca });
  const { documents, problems } = await readManifests([folder]);
  for (const { source, message } of problems) print(wrap(`${source}: ${message}`, 0));
  for (const { raw } of documents) {
    if (typeof raw["kind"] === "string" && Object.hasOwn(kinds, raw["kind"])) {
      print(await showOne(raw, raw["kind"], url, agent));
    }
  }
  agent.destroy();
  print("\n");
}

async function showOne(raw: object, kind: string, url: string, agent: Agent): Promise<string> {
  const mutated = await review(`${url}/mutate`, raw, kind, agent);
  const patch = readPatch(mutated.patch);
  jsonPatch.applyPatch(raw, patch);
  const validated = await review(`${url}/validate`, raw, kind, agent);
  const warnings = new Set([...(mutated.warnings ?? []), ...(validated.warnings ?? [])]);
  const [headline = "", ...reasons] = (validated.status?.message ?? "").split("\n");
  return [
    `\n${kind} ${namespaceOf(raw)}/${displayName(raw)}\n`,
    ...addedValues(patch)
      .filter(([key]) => key !== injectedAnnotation)
      .map(([key, value]) => `  + ${shorten(key)}: ${value}\n`),
    ...[...warnings].map((warning) => wrap(`  ! ${warning}`, 4)),
    ...(validated.allowed
      ? []
      : [wrap(`  x REFUSED: ${headline}`, 4), ...reasons.map((reason) => wrap(`    ${reason}`, 6))]),
    ...(validated.allowed && patch.length === 0 && warnings.size === 0 ? ["  = left as it is\n"] : []),
  ].join("");
}

interface ReviewResponse {
  readonly allowed: boolean;
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly status?: { readonly message?: string };
}

async function review(url: string, object: object, kind: string, agent: Agent): Promise<ReviewResponse> {
  const { group, resource } = kinds[kind] ?? { group: "", resource: "" };
  const body = {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: randomUUID(),
      kind: { group, version: "v1", kind },
      resource: { group, version: "v1", resource },
      name: displayName(object),
      namespace: namespaceOf(object),
      operation: "CREATE",
      userInfo: { username: "local-example" },
      object,
      oldObject: null,
      dryRun: true,
    },
  };
  const answer = JSON.parse(await post(url, JSON.stringify(body), agent)) as { readonly response: ReviewResponse };
  return answer.response;
}

function post(url: string, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve(Buffer.concat(chunks).toString());
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function readPatch(patch: string | undefined): Operation[] {
  return patch === undefined ? [] : (JSON.parse(Buffer.from(patch, "base64").toString()) as Operation[]);
}

function addedValues(patch: readonly Operation[]): readonly (readonly [string, string])[] {
  return patch.flatMap((operation) => {
    if (operation.op !== "add" && operation.op !== "replace") return [];
    const value: unknown = operation.value;
    if (typeof value === "object" && value !== null) {
      return Object.entries(value).map(([key, each]) => [key, String(each)] as const);
    }
    const key = jsonPatch.unescapePathComponent(operation.path.replace(/^\/metadata\/annotations\//, ""));
    return [[key.replace(/^\//, "").replaceAll("/", key.startsWith("/") ? "." : "/"), String(value)] as const];
  });
}

/** The AWS prefixes are the longest part of every line and the same in all. */
function shorten(key: string): string {
  return key.replace(/^(?:service\.beta|alb\.ingress)\.kubernetes\.io\//, "…/");
}

function namespaceOf(raw: object): string {
  const metadata: unknown = "metadata" in raw ? raw.metadata : undefined;
  const named = typeof metadata === "object" && metadata !== null && "namespace" in metadata;
  return named && typeof metadata.namespace === "string" ? metadata.namespace : "default";
}
