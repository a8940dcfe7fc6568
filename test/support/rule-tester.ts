import { describe, expect, it } from "vitest";
import type { ClusterKind } from "../../src/decision/cluster/cluster.ts";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { ClusterProfile, Facts } from "../../src/decision/facts.ts";
import type { MissingValue, Rule, Severity } from "../../src/decision/rule.ts";
import type { Phase, ReviewedSubject } from "../../src/decision/subject.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { policyApiVersion, policyKind, readPolicy } from "../../src/policy/schema.ts";
import type { LoadBalancerPolicy } from "../../src/policy/schema.ts";
import { knownCluster } from "./known-cluster.ts";
import { binding, ingress, service } from "./subjects.ts";
import type { BindingParts, ObjectParts } from "./subjects.ts";

/** One literal request. Exactly one of `service`, `ingress` and `binding` is the object under review. */
export type Case = { readonly name: string } & Surroundings &
  (
    | { readonly service: ObjectParts; readonly ingress?: never; readonly binding?: never }
    | { readonly ingress: ObjectParts; readonly service?: never; readonly binding?: never }
    | { readonly binding: BindingParts; readonly service?: never; readonly ingress?: never }
  );

/** A case with exactly the fields that the rule must report, in its order. */
export type FaultyCase = Case & { readonly fields: readonly [string, ...string[]] };

interface Surroundings {
  /** The stored object, of the same kind: makes the request an update. */
  readonly old?: ObjectParts;
  readonly phase?: Phase;
  /** Laid over the default profile. */
  readonly profile?: Partial<ClusterProfile>;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** The spec of a policy, as an author writes it, that is in force in every namespace unless it selects some. */
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Specs of policies by name, taken as they stand. */
  readonly policies?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly missing?: readonly MissingValue[];
  /** Manifests of the other objects, which then are all that there are. Left out: nothing is known of them. */
  readonly cluster?: readonly unknown[];
  /** Kinds of which there may be others all the same. */
  readonly unsure?: readonly ClusterKind[];
  readonly showOtherNamespaces?: boolean;
}

/** Both sides of the rule's border: a rule without an allowed case and a reported one does not compile. */
export type Cases = { readonly allow: readonly [Case, ...Case[]] } & (
  | { readonly deny: readonly [FaultyCase, ...FaultyCase[]]; readonly warn?: readonly [FaultyCase, ...FaultyCase[]] }
  | { readonly deny?: never; readonly warn: readonly [FaultyCase, ...FaultyCase[]] }
);

/** Runs one rule, alone, through the product's own evaluation. */
export function testRule(rule: Rule, { allow, deny, warn }: Cases): void {
  const denied: readonly FaultyCase[] = deny ?? [];
  const warned: readonly FaultyCase[] = warn ?? [];
  describe(rule.id, () => {
    it.each(allow)("allows: $name", (given) => {
      expect(reports(rule, given)).toEqual([]);
    });
    it.each(denied)("denies: $name", (given) => {
      expect(reports(rule, given)).toEqual(given.fields.map((field) => ({ field, severity: "deny" })));
    });
    it.each(warned)("warns: $name", (given) => {
      expect(reports(rule, given)).toEqual(given.fields.map((field) => ({ field, severity: "warn" })));
    });
  });
}

function reports(rule: Rule, given: Case): readonly { readonly field: string; readonly severity: Severity }[] {
  const { namespaceLabels = {}, missing = [] } = given;
  const policy = resolvePolicy(policySet(policiesOf(given)), namespaceLabels);
  return evaluate(subjectOf(given), { rules: [rule], policy, facts: factsOf(given), missing }).map(({ problem }) => ({
    field: problem.field,
    severity: problem.severity ?? rule.severity,
  }));
}

function subjectOf(given: Case): ReviewedSubject {
  const { old, phase } = given;
  if (given.binding !== undefined) return binding(given.binding, old);
  return given.service === undefined ? ingress(given.ingress, { old, phase }) : service(given.service, { old, phase });
}

function factsOf({ profile, namespaceLabels = {}, cluster, unsure, showOtherNamespaces }: Case): Facts {
  return {
    namespaceLabels,
    profile: { ...defaultProfile, ...profile },
    install: { scope: "ClusterWide", excludedNamespaces: [], showOtherNamespaces },
    cluster: cluster && knownCluster(cluster, unsure),
  };
}

function policiesOf({ policy, policies = {} }: Case): readonly LoadBalancerPolicy[] {
  const inForce = policy === undefined ? {} : { "in-force": { namespaceSelector: {}, ...policy } };
  return Object.entries({ ...inForce, ...policies }).map(([name, spec]) => policyOf(name, spec));
}

function policyOf(name: string, spec: Readonly<Record<string, unknown>>): LoadBalancerPolicy {
  const read = readPolicy({ apiVersion: policyApiVersion, kind: policyKind, metadata: { name }, spec });
  if ("problems" in read) throw new Error(`the test's policy ${name} is not valid: ${JSON.stringify(read.problems)}`);
  return read.policy;
}
