import { type PolicySet, policySet } from "../policy/resolve.ts";
import { type LoadBalancerPolicy, policyApiVersion, policyKind, readPolicy } from "../policy/schema.ts";
import { type ManifestDocument, readManifests } from "./manifests.ts";

export interface LoadedPolicies {
  /** Those without a problem. */
  readonly policies: PolicySet;
  /** One line each: `FILE:LINE: FIELD: sentence`. Where there is one, nothing should start. */
  readonly problems: readonly string[];
  /** Folders without a manifest: an optional ConfigMap that nobody made is mounted as one. */
  readonly emptyFolders: readonly string[];
}

/** Reads the policies of files and folders, and reports everything that is wrong with all of them. */
export async function loadPolicies(paths: readonly string[]): Promise<LoadedPolicies> {
  const problems: string[] = [];
  const emptyFolders: string[] = [];
  const named = new Map<string, { readonly policy: LoadBalancerPolicy; readonly place: string }>();
  for (const path of paths) {
    const { documents, problems: unreadable } = await readManifests([path]);
    for (const { source, line, message, emptyFolder } of unreadable) {
      if (emptyFolder === true) emptyFolders.push(source);
      else problems.push(line === undefined ? `${source}: ${message}` : `${source}:${line}: ${message}`);
    }
    if (documents.length === 0 && unreadable.length === 0) {
      problems.push(`${path}: holds no ${policyKind}: write one, or leave the path out.`);
    }
    for (const document of documents) {
      const read = readDocument(document);
      if ("problems" in read) {
        problems.push(...read.problems);
        continue;
      }
      const { name } = read.policy.metadata;
      const place = placeOf(document, ["metadata", "name"]);
      const first = named.get(name);
      if (first === undefined) named.set(name, { policy: read.policy, place });
      else
        problems.push(
          `${place}: metadata.name: ${JSON.stringify(name)} is taken at ${first.place}: rename one of them.`,
        );
    }
  }
  return { policies: policySet([...named.values()].map(({ policy }) => policy)), problems, emptyFolders };
}

function readDocument(
  document: ManifestDocument,
): { readonly policy: LoadBalancerPolicy } | { readonly problems: readonly string[] } {
  const stranger = (["kind", "apiVersion"] as const).find(
    (field) => document.raw[field] !== (field === "kind" ? policyKind : policyApiVersion),
  );
  if (stranger !== undefined) {
    const expected = `${policyKind} of ${policyApiVersion}`;
    const message = `${JSON.stringify(document.raw[stranger])} does not belong among the policies: move it elsewhere, or make it a ${expected}.`;
    return { problems: [`${placeOf(document, [stranger])}: ${stranger}: ${message}`] };
  }
  const read = readPolicy(document.raw);
  if ("policy" in read) return read;
  return {
    problems: read.problems.map(({ path, field, message }) => `${placeOf(document, path)}: ${field}: ${message}`),
  };
}

function placeOf({ source, lineOf }: ManifestDocument, path: readonly (string | number)[]): string {
  return `${source}:${lineOf(path)}`;
}
