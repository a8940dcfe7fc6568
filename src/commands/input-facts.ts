import type { AlbClass, ClusterProfile } from "../decision/facts.ts";
import { UnreadableObject } from "../decision/subject.ts";
import type { ManifestDocument, ManifestProblem } from "../kubernetes/manifests.ts";
import type { Labels } from "../policy/resolve.ts";
import { attempt, fieldProblem } from "./input-problem.ts";

/** What the input and the flags tell of the cluster. */
export interface InputFacts {
  readonly labelsOf: (namespace: string) => Labels;
  readonly profile: ClusterProfile;
  readonly problems: readonly ManifestProblem[];
}

/** Namespaces and IngressClasses among the input are facts for every object of it. */
export function inputFacts(
  documents: readonly ManifestDocument[],
  given: { readonly namespaceLabels: Labels; readonly profile: ClusterProfile },
): InputFacts {
  const namespaces = collect(documents, "v1", "Namespace", readLabels);
  const classes = collect(documents, "networking.k8s.io/v1", "IngressClass", readClass);
  return {
    labelsOf: (name) => ({
      ...(namespaces.byName.get(name) ?? given.namespaceLabels),
      // The API server sets it on every namespace.
      "kubernetes.io/metadata.name": name,
    }),
    profile: { ...given.profile, albClasses: mergedClasses(given.profile.albClasses, classes.byName) },
    problems: [...namespaces.problems, ...classes.problems],
  };
}

interface Collected<T> {
  readonly byName: ReadonlyMap<string, T>;
  readonly problems: readonly ManifestProblem[];
}

/** The objects of one kind by name. Two of one name that say different things cannot both be so. */
function collect<T>(
  documents: readonly ManifestDocument[],
  apiVersion: string,
  kind: string,
  read: (raw: Fields) => T,
): Collected<T> {
  const found = new Map<string, { readonly fact: T; readonly place: string }>();
  const problems: ManifestProblem[] = [];
  for (const document of documents) {
    const { raw, source, lineOf } = document;
    if (raw["apiVersion"] !== apiVersion || raw["kind"] !== kind) continue;
    const result = attempt(document, () => ({ name: nameOf(raw), fact: read(raw) }));
    if ("problem" in result) {
      problems.push(result.problem);
      continue;
    }
    const { name, fact } = result.value;
    const first = found.get(name);
    if (first === undefined) found.set(name, { fact, place: `${source}:${lineOf([])}` });
    else if (JSON.stringify(first.fact) !== JSON.stringify(fact)) {
      const sentence = `the ${kind} ${JSON.stringify(name)} is different at ${first.place}, which counts here: preview them apart.`;
      problems.push(fieldProblem(document, "metadata.name", sentence));
    }
  }
  return { byName: new Map([...found].map(([name, { fact }]) => [name, fact])), problems };
}

/** Sorted, so that two manifests that say the same are the same. */
function readLabels(raw: Fields): Labels {
  const labels = fields(fields(raw["metadata"], "metadata")["labels"], "metadata.labels");
  const entries = Object.entries(labels).map(([key, value]) => {
    if (typeof value !== "string") throw new UnreadableObject(`metadata.labels[${key}]`, "a string");
    return [key, value] as const;
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const albControllers: readonly unknown[] = ["ingress.k8s.aws/alb", "eks.amazonaws.com/alb"];

interface ClassFact {
  readonly isAlb: boolean;
  readonly hasParams: boolean;
}

function readClass(raw: Fields): ClassFact {
  const spec = fields(raw["spec"], "spec");
  const { controller, parameters } = spec;
  return { isAlb: albControllers.includes(controller), hasParams: parameters !== undefined && parameters !== null };
}

/** The manifest knows better than the flags. */
function mergedClasses(given: readonly AlbClass[], found: ReadonlyMap<string, ClassFact>): readonly AlbClass[] {
  const others = given.filter(({ name }) => !found.has(name));
  const own = [...found].flatMap(([name, { isAlb, hasParams }]) => (isAlb ? [{ name, hasParams }] : []));
  return [...others, ...own];
}

type Fields = Readonly<Record<string, unknown>>;

function nameOf(raw: Fields): string {
  const name = fields(raw["metadata"], "metadata")["name"];
  if (typeof name !== "string" || name === "")
    throw new UnreadableObject("metadata.name", "a string that is not empty");
  return name;
}

function fields(value: unknown, field: string): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new UnreadableObject(field, "an object");
  return Object.fromEntries(Object.entries(value));
}
