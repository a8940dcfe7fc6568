import { isDeepStrictEqual } from "node:util";
import type { ManifestDocument } from "../kubernetes/manifests.ts";
import { loadPolicies } from "../kubernetes/policies.ts";
import { policySet } from "../policy/resolve.ts";
import type { PolicySet } from "../policy/resolve.ts";
import type { Standing } from "../policy/standing.ts";
import { policyApiVersion, policyKind, readPolicy, unknownRules } from "../policy/schema.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import { starterPolicies } from "../policy/starter.ts";
import { rules } from "../rules/index.ts";

export interface InputPolicies {
  readonly set: PolicySet;
  /** Nobody gave one. */
  readonly isStarter: boolean;
  /** What the user should know of them. */
  readonly notes: readonly string[];
  /** One line each. Where there is one, no decision means anything. */
  readonly problems: readonly string[];
}

/** The policies of --policy together with those among the input; with neither, the starter policy. */
export async function inputPolicies(
  paths: readonly string[],
  documents: readonly ManifestDocument[],
): Promise<InputPolicies> {
  const loaded = await loadPolicies(paths);
  const problems = [...loaded.problems];
  const byName = new Map<string, LoadBalancerPolicy>(loaded.policies.byName);
  for (const document of documents.filter(isPolicy)) {
    const place = `${document.source}:${document.lineOf([])}`;
    const read = readPolicy(document.raw);
    if ("problems" in read) {
      for (const { path, field, message } of read.problems) {
        problems.push(`${document.source}:${document.lineOf(path)}: ${field}: ${message}`);
      }
      continue;
    }
    const { name } = read.policy.metadata;
    const first = byName.get(name);
    // The same file is often given twice: as a policy, and in the folder with everything.
    if (first !== undefined && !isDeepStrictEqual(first.spec, read.policy.spec)) {
      problems.push(
        `${place}: metadata.name: another policy is named ${JSON.stringify(name)} and says something else: leave one out.`,
      );
    }
    byName.set(name, first ?? read.policy);
  }
  const isStarter = byName.size === 0 && problems.length === 0 && paths.length === 0;
  const set = policySet(isStarter ? starterPolicies : [...byName.values()]);
  return { set, isStarter, notes: isStarter ? [starterNote] : set.ordered.flatMap(strangeRules), problems };
}

/** With those of a cluster, as if the input were applied there. undefined: they are not known. */
export function withClusterPolicies(input: InputPolicies, standings: readonly Standing[] | undefined): InputPolicies {
  if (standings === undefined) return input;
  const given = input.isStarter ? [] : input.set.ordered;
  const names = new Set(given.map(({ metadata }) => metadata.name));
  const others = standings.filter(({ object }) => !names.has(object.name));
  const set = policySet([...given, ...others.flatMap(({ inForce }) => inForce?.policy ?? [])]);
  const notes = [...(input.isStarter ? [] : input.notes), ...others.flatMap(unusable)];
  return { ...input, set, isStarter: false, notes: set.ordered.length === 0 ? [...notes, noPolicyNote] : notes };
}

const noPolicyNote = "The cluster has no policy in force, and none is among the input: nothing is injected.";

function unusable({ object, problems, inForce }: Standing): readonly string[] {
  const [first] = problems;
  if (first === undefined) return [];
  const stays = inForce === undefined ? "nothing of it is in force" : `generation ${inForce.generation} stays in force`;
  return [`Policy ${object.name} of the cluster cannot be used (${first.field}: ${first.message}): ${stays}.`];
}

const starterNote =
  "No policy is given (--policy) or among the input: the built-in starter policy is used, which makes load balancers dual-stack and leaves their scheme to the controller.";

/** Of another version too: reading it says what is wrong with it. */
function isPolicy({ raw }: ManifestDocument): boolean {
  const [group] = policyApiVersion.split("/");
  const { apiVersion, kind } = raw;
  return kind === policyKind && typeof apiVersion === "string" && apiVersion.split("/")[0] === group;
}

function strangeRules(policy: LoadBalancerPolicy): readonly string[] {
  const unknown = unknownRules(
    policy,
    rules.map(({ id }) => id),
  );
  if (unknown.length === 0) return [];
  return [`Policy ${policy.metadata.name} names rules that this version does not have: ${unknown.join(", ")}.`];
}
