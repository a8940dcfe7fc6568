import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/decision/evaluate.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import type { Problem } from "../../../src/decision/rule.ts";
import { ingressView } from "../../../src/decision/subject.ts";
import { policySet, resolvePolicy } from "../../../src/policy/resolve.ts";
import { rules } from "../../../src/rules/index.ts";
import { knownCluster } from "../../support/known-cluster.ts";
import { stateOf } from "./groups.ts";
import type { MemberParts } from "./groups.ts";

/** Rules about groups, held against generated ones. Whatever is said in a namespace has its name in it. */

const groupRules = rules.filter(({ id }) => id.startsWith("group-") || id === "ssl-redirect-needs-https");
const prefix = "alb.ingress.kubernetes.io/";
const namespaces = ["alpha", "bravo", "carol"] as const;

/** Of a namespace: few values, so that members agree as often as not. */
const pool = (namespace: string): Readonly<Record<string, readonly string[]>> => ({
  scheme: ["internal", "internet-facing"],
  "ip-address-type": ["ipv4", "dualstack"],
  "group.order": ["-1", "0", "1", `x-${namespace}`],
  "load-balancer-name": ["lb", `lb-${namespace}`],
  subnets: ["subnet-1,subnet-2", `subnet-2,subnet-${namespace}`],
  "security-groups": ["", "sg-1", `sg-${namespace}`],
  "manage-backend-security-group-rules": ["true", "false"],
  "load-balancer-attributes": ["a=1", `a=${namespace}`, `${namespace}=1`, "deletion_protection.enabled=true"],
  tags: ["Team=1", `Team=${namespace}`, `${namespace}=1`],
  "wafv2-acl-arn": ["arn:1", `arn:${namespace}`],
  "listen-ports": ['[{"HTTP":80}]', '[{"HTTP":80},{"HTTPS":443}]', '[{"HTTPS":80}]'],
  "certificate-arn": ["arn:aws:acm:eu-west-1:1:certificate/a"],
  "inbound-cidrs": ["10.0.0.0/8", "10.0.0.0/9"],
  "ssl-policy": ["policy", `policy-${namespace}`],
  "listener-attributes.HTTP-80": ["a=1", `a=${namespace}`],
  "ssl-redirect": ["443", "80", "444"],
  "enable-frontend-nlb": ["true", "true", "false"],
  "frontend-nlb-scheme": ["internal", "internet-facing"],
  "frontend-nlb-attributes": ["a=1", `a=${namespace}`],
  "frontend-nlb-healthcheck-path": ["/", `/${namespace}`],
  "frontend-nlb-healthcheck-success-codes": ["200"],
});

const annotationsOf = (namespace: string): fc.Arbitrary<Record<string, string>> =>
  fc
    .uniqueArray(fc.constantFrom(...Object.entries(pool(namespace))), { selector: ([key]) => key, maxLength: 6 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map(([key, values]) => [key, fc.constantFrom(...values)]))));

interface Parts {
  readonly namespace: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly className: string;
  readonly hasDefault: boolean;
  readonly isLeaving: boolean;
}

const parts: fc.Arbitrary<Parts> = fc.constantFrom(...namespaces).chain((namespace) =>
  fc.record({
    namespace: fc.constant(namespace),
    annotations: annotationsOf(namespace),
    className: fc.constantFrom("alb", "alb", "first", "second", "missing", "nginx"),
    hasDefault: fc.boolean(),
    isLeaving: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  }),
);

const group = fc.array(parts, { minLength: 2, maxLength: 5 });

const classes = ["first", "second"].flatMap((name, index) => [
  {
    kind: "IngressClass",
    metadata: { name },
    spec: {
      controller: "ingress.k8s.aws/alb",
      parameters: { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name },
    },
  },
  {
    kind: "IngressClassParams",
    apiVersion: "elbv2.k8s.aws/v1beta1",
    metadata: { name },
    spec:
      index === 0
        ? { scheme: "internal", loadBalancerAttributes: [{ key: "a", value: "3" }], inboundCIDRs: ["10.0.0.0/8"] }
        : { ipAddressType: "dualstack", group: { name: "g" }, tags: [{ key: "Team", value: "2" }] },
  },
]);
const nginx = { kind: "IngressClass", metadata: { name: "nginx" }, spec: { controller: "k8s.io/ingress-nginx" } };

function manifest({ namespace, annotations, className, hasDefault, isLeaving }: Parts, index: number, name = "g") {
  const keyed = Object.entries({ "group.name": name, ...annotations }).map(([key, value]) => [
    `${prefix}${key}`,
    value,
  ]);
  const leaving = isLeaving
    ? { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["group.ingress.k8s.aws/g"] }
    : {};
  return {
    kind: "Ingress",
    metadata: { namespace, name: `${namespace}-${index}`, annotations: Object.fromEntries(keyed), ...leaving },
    spec: {
      ingressClassName: className,
      ...(hasDefault ? { defaultBackend: { service: { name: "web", port: { number: 80 } } } } : {}),
    },
  };
}

type Manifest = ReturnType<typeof manifest>;

interface Reported extends Problem {
  readonly rule: string;
}

/** What the rules say of the first one, as a new object, or as an update of another. */
function reports(
  own: Manifest,
  others: readonly unknown[],
  { old, showOtherNamespaces = false }: { readonly old?: Manifest; readonly showOtherNamespaces?: boolean } = {},
): readonly Reported[] {
  const { namespace, name } = own.metadata;
  const subject = {
    kind: "Ingress",
    operation: old === undefined ? "CREATE" : "UPDATE",
    phase: "validating",
    namespace,
    name,
    object: ingressView(own),
    old: old && ingressView(old),
  } as const;
  const facts = {
    namespaceLabels: {},
    profile: defaultProfile,
    install: { scope: "ClusterWide", excludedNamespaces: [], showOtherNamespaces },
    cluster: knownCluster([...classes, nginx, ...others]),
  } as const;
  const policy = resolvePolicy(policySet([]), {});
  return evaluate(subject, { rules: groupRules, policy, facts, missing: [] }).map(({ rule, problem }) => ({
    rule: rule.id,
    ...problem,
  }));
}

const numRuns = 600;

describe("what rules about groups say", () => {
  it("does not depend on the order in which the members come", () => {
    fc.assert(
      fc.property(
        group.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all.keys()], { minLength: all.length })),
        ),
        ([all, order]) => {
          const [own, ...others] = all.map((each, index) => manifest(each, index));
          if (own === undefined) return;
          const shuffled = order.flatMap((index) => (index === 0 ? [] : others.slice(index - 1, index)));
          expect(reports(own, shuffled)).toEqual(reports(own, others));
        },
      ),
      { numRuns },
    );
  });

  it("depends on the members of the group only", () => {
    fc.assert(
      fc.property(group, group, (all, strangers) => {
        const [own, ...others] = all.map((each, index) => manifest(each, index));
        if (own === undefined) return;
        const elsewhere = strangers.map((each, index) => {
          // The second class puts its Ingresses into the group; one that is leaving is marked as a member.
          const className = each.className === "second" ? "first" : each.className;
          return manifest({ ...each, className, isLeaving: false }, 10 + index, "h");
        });
        expect(reports(own, [...elsewhere, ...others])).toEqual(reports(own, others));
      }),
      { numRuns },
    );
  });

  it("shows neither names nor values of other namespaces, unless the operator says so", () => {
    let shown = 0;
    fc.assert(
      fc.property(group, parts, (all, before) => {
        const [own, ...others] = all.map((each, index) => manifest(each, index));
        if (own === undefined) return;
        const old = manifest({ ...before, namespace: own.metadata.namespace, annotations: {}, isLeaving: false }, 0);
        const foreign = namespaces.filter((namespace) => namespace !== own.metadata.namespace);
        const isForeign = (text: string): boolean => foreign.some((namespace) => text.includes(namespace));
        const said = [...reports(own, others), ...reports(own, others, { old })];
        expect(said.filter((problem) => isForeign(JSON.stringify(problem)))).toEqual([]);
        const open = reports(own, others, { showOtherNamespaces: true });
        if (open.some(({ message }) => isForeign(message))) shown += 1;
      }),
      { numRuns },
    );
    expect(shown).toBeGreaterThan(20);
  });

  it("names each fault once, and is the same for the same object again", () => {
    let faults = 0;
    fc.assert(
      fc.property(group, (all) => {
        const [own, ...others] = all.map((each, index) => manifest(each, index));
        if (own === undefined) return;
        const said = reports(own, others);
        faults += said.length;
        const identities = said.map(({ rule, identity }) => `${rule} ${identity}`);
        expect(new Set(identities).size).toBe(identities.length);
        // An update that changes nothing has no part in what others say: it is told of it as of anybody's.
        const isOwn = (identity: string): boolean =>
          !identity.startsWith("group-already-broken") && !identity.includes("among others");
        const again = reports(own, others, { old: own }).map(({ rule, identity }) => `${rule} ${identity}`);
        expect(again.filter(isOwn)).toEqual(identities.filter(isOwn));
        expect(again.some((identity) => identity.includes("among others"))).toBe(false);
      }),
      { numRuns },
    );
    expect(faults).toBeGreaterThan(numRuns / 2);
  });

  it("leaves no contradiction without a word", () => {
    fc.assert(
      fc.property(group, (all) => {
        const members = all.map(({ namespace, annotations }, index): MemberParts => ({
          key: `${namespace}/${index}`,
          annotations,
        }));
        const state = stateOf(members);
        const [own, ...others] = all.map((each, index) =>
          manifest({ ...each, className: "alb", hasDefault: false, isLeaving: false }, index),
        );
        if (own === undefined) return;
        const said = reports(own, others);
        // An order that cannot be read is nobody's contradiction, but something to be told of, if it is another's.
        if (state.problem !== undefined) return;
        const isBroken = state.conflicts().length > 0 || state.redirectFaults().length > 0;
        expect(said.length > 0).toBe(isBroken);
      }),
      { numRuns },
    );
  });
});
