import { existsSync, globSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import * as z from "zod";
import { decide, denials } from "../src/decision/decide.ts";
import type { Decision } from "../src/decision/decide.ts";
import { defaultProfile } from "../src/decision/facts.ts";
import type { ClusterProfile, Facts } from "../src/decision/facts.ts";
import type { Finding, Rule } from "../src/decision/rule.ts";
import { reviewedBinding } from "../src/decision/reviewed-binding.ts";
import { displayName, ingressView, serviceView } from "../src/decision/subject.ts";
import type { ReviewedSubject } from "../src/decision/subject.ts";
import { policySet } from "../src/policy/resolve.ts";
import { readPolicy } from "../src/policy/schema.ts";
import type { LoadBalancerPolicy } from "../src/policy/schema.ts";
import { rules } from "../src/rules/index.ts";
import { knownCluster } from "./support/known-cluster.ts";

const folder = "test/fixtures";
const files = globSync(`${folder}/*/*/*`).map((path) => path.replaceAll("\\", "/"));
const manifests = files.filter((path) => path.endsWith(".yaml")).toSorted();

describe("the folder of fixtures", () => {
  it("has a folder for each rule, and no other", () => {
    expect(readdirSync(folder).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  });

  it.each(rules.map(({ id }) => id))("has both sides of %s", (id) => {
    expect(readdirSync(`${folder}/${id}`).toSorted()).toEqual(["allow", "deny"]);
    expect(globSync(`${folder}/${id}/allow/*.yaml`)).not.toEqual([]);
    expect(globSync(`${folder}/${id}/deny/*.yaml`)).not.toEqual([]);
  });

  // Looked at before any test runs, since a golden file that is missing is written by its first run.
  const expected = manifests.flatMap((path) => [goldenOf(path), path]).toSorted();
  const found = files.filter((path) => existsSync(path)).toSorted();
  it("has the findings beside each manifest, and nothing else", () => {
    expect(found).toEqual(expected);
  });
});

describe.each(manifests)("%s", (path) => {
  const [, , id = "", side = ""] = path.split("/");
  const rule: Rule | undefined = rules.find((candidate) => candidate.id === id);
  const decision = decisionOn(path);
  const { kind } = ObjectHead.parse(readFixture(path).object);

  it(`is judged as its folder says: ${side}`, () => {
    const reported = rule?.severity === "warn" ? decision.findings : denials(decision);
    expect(reported.some((finding) => finding.rule === id)).toBe(side === "deny");
    expect(decision.untouched).toBeUndefined();
  });

  it("has findings that people can read", () => {
    expect(decision.findings.filter((finding) => !isReadable(finding))).toEqual([]);
  });

  it("has findings that cite what speaks of the kind of the object", () => {
    const foreign = kind === "Ingress" ? /pkg\/service\/|guide\/service\// : /pkg\/ingress\/|guide\/ingress\//;
    // What a Service is to those behind which it stands is about them.
    const ofUsers = rules.filter((each: Rule) => each.service === undefined && each.backend !== undefined);
    const isForeign = ({ rule: cited, source = "" }: Finding): boolean =>
      foreign.test(source) && !ofUsers.some((each) => each.id === cited);
    expect(decision.findings.filter(isForeign)).toEqual([]);
  });

  it("has the findings of its golden file", async () => {
    await expect(`${JSON.stringify(decision.findings, undefined, 2)}\n`).toMatchFileSnapshot(
      goldenOf(path).replace(/^test/, "."),
    );
  });
});

describe.each(manifests.filter((path) => path.includes("/allow/")))("%s", (path) => {
  it("is not refused for anything else", () => {
    expect(denials(decisionOn(path))).toEqual([]);
  });
});

function goldenOf(path: string): string {
  return path.replace(/\.yaml$/, ".decision.json");
}

/** `<field>: <message>. <remedy>` has to come out as sentences, on one line. */
function isReadable({ field, message, remedy }: Finding): boolean {
  return field !== "" && /^[^\p{Cc}]*[^\p{Cc}.]$/u.test(message) && /^[A-Z][^\p{Cc}]*\.$/u.test(remedy);
}

/** Beside the object under review, its surroundings, each in a document of its own. */
interface Fixture {
  readonly object: unknown;
  readonly old: unknown;
  readonly profile: Partial<ClusterProfile>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly policies: readonly LoadBalancerPolicy[];
  readonly cluster: readonly unknown[] | undefined;
}

function decisionOn(path: string): Decision {
  const { object, old, profile, namespaceLabels, policies, cluster } = readFixture(path);
  const facts: Facts = {
    namespaceLabels,
    profile: { ...defaultProfile, ...profile },
    install: { scope: "ClusterWide", excludedNamespaces: [] },
    cluster: cluster && knownCluster(cluster),
  };
  return decide(subjectOf(object, old), policySet(policies), facts);
}

function readFixture(path: string): Fixture {
  let object: unknown;
  let surroundings: z.infer<typeof Surroundings> = { kind: "Fixture" };
  let namespaceLabels: Readonly<Record<string, string>> = {};
  const policies: LoadBalancerPolicy[] = [];
  for (const document of parseAllDocuments(readFileSync(path, "utf8"))) {
    const raw: unknown = document.toJS();
    switch (z.looseObject({ kind: z.string() }).parse(raw).kind) {
      case "Fixture":
        surroundings = Surroundings.parse(raw);
        break;
      case "Namespace":
        namespaceLabels = NamespaceLabels.parse(raw).metadata.labels;
        break;
      case "LoadBalancerPolicy":
        policies.push(policyOf(raw));
        break;
      default:
        expect(object, `${path} has two objects to review`).toBeUndefined();
        object = raw;
    }
  }
  const { profile = {}, old, cluster } = surroundings;
  return { object, old, profile, namespaceLabels, policies, cluster };
}

const Surroundings = z.strictObject({
  kind: z.literal("Fixture"),
  profile: z.custom<Partial<ClusterProfile>>().optional(),
  old: z.unknown().optional(),
  /** The other objects, which then are all that there are. */
  cluster: z.array(z.unknown()).optional(),
});

const NamespaceLabels = z.looseObject({ metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }) });

const ObjectHead = z.looseObject({
  kind: z.enum(["Service", "Ingress", "TargetGroupBinding"]),
  metadata: z.looseObject({ namespace: z.string() }),
});

function subjectOf(raw: unknown, old: unknown): ReviewedSubject {
  const { kind, metadata } = ObjectHead.parse(raw);
  const request = {
    operation: old === undefined ? "CREATE" : "UPDATE",
    phase: "validating",
    namespace: metadata.namespace,
    name: displayName(raw),
  } as const;
  switch (kind) {
    case "Service":
      return { ...request, kind, object: serviceView(raw), old: old === undefined ? undefined : serviceView(old) };
    case "Ingress":
      return { ...request, kind, object: ingressView(raw), old: old === undefined ? undefined : ingressView(old) };
    case "TargetGroupBinding":
      return {
        ...request,
        kind,
        object: reviewedBinding(raw),
        old: old === undefined ? undefined : reviewedBinding(old),
      };
  }
}

function policyOf(raw: unknown): LoadBalancerPolicy {
  const read = readPolicy(raw);
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.policy;
}
