import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alb } from "../../../src/annotations/catalog.ts";
import { classify } from "../../../src/decision/cluster/classify.ts";
import { ClusterObjects } from "../../../src/decision/cluster/cluster.ts";
import { groupStateOf } from "../../../src/decision/cluster/group-state.ts";
import type { GroupState } from "../../../src/decision/cluster/group-state.ts";
import { targetTypeOf } from "../../../src/decision/cluster/values.ts";
import type { Member } from "../../../src/decision/cluster/group.ts";
import { backendTargets } from "../../../src/decision/cluster/backends.ts";
import { ingressClassParamsView } from "../../../src/decision/cluster/class-params.ts";
import { backendService, ingressClassView, ingressObject } from "../../../src/decision/cluster/views.ts";
import type { BackendService } from "../../../src/decision/cluster/views.ts";
import { decide, denials } from "../../../src/decision/decide.ts";
import type { Decision } from "../../../src/decision/decide.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import type { ClusterProfile, Facts } from "../../../src/decision/facts.ts";
import type { Rule } from "../../../src/decision/rule.ts";
import { ingressView } from "../../../src/decision/subject.ts";
import type { IngressSubject, Phase } from "../../../src/decision/subject.ts";
import { applyPatch, patchOf } from "../../../src/kubernetes/patch.ts";
import { policySet } from "../../../src/policy/resolve.ts";
import type { PolicySet } from "../../../src/policy/resolve.ts";
import { readPolicy } from "../../../src/policy/schema.ts";
import type { LoadBalancerPolicy } from "../../../src/policy/schema.ts";
import { rules as allRules } from "../../../src/rules/index.ts";
import { written } from "../../policy/policies.ts";

/**
 * Of IngressGroups whose members stand in namespaces with different policies: what the policies inject, into whichever member in
 * whatever order, is never what breaks the group, nor what replaces its load balancer.
 */

interface RawIngress {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

interface Setting {
  /** Its load balancer is there as soon as a member is. */
  readonly provisioned: boolean;
  readonly rules: readonly Rule[];
}

const enforced: Setting = { provisioned: true, rules: allRules };

interface World {
  /** In the order in which they are written. */
  readonly ingresses: readonly RawIngress[];
  /** Being deleted while the others come. */
  readonly leaving: readonly RawIngress[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly profile: ClusterProfile;
  /** What the policy of each namespace says. */
  readonly specs: Readonly<Record<Namespace, Readonly<Record<string, unknown>>>>;
}

const namespaces = ["shop", "team-a", "team-b"] as const;
type Namespace = (typeof namespaces)[number];

describe("injecting into every member of a group", () => {
  it("the worlds give the policies something to do, or all of the following would hold of nothing", () => {
    const lives = fc.sample(worlds, { numRuns: 120, seed: 1 }).flatMap((world) => created(world, enforced));
    const injecting = lives.filter(({ decision }) => decision.injections.length > 0);
    const joining = lives.filter(({ before }) => (before?.members.length ?? 0) > 1);
    expect(injecting.length).toBeGreaterThan(90);
    expect(joining.length).toBeGreaterThan(90);
    const sharing = joining.filter(({ decision }) => decision.injections.some(({ target }) => isShared(target)));
    expect(sharing.length).toBeGreaterThan(25);
    expect(lives.filter(({ before }) => (before?.inactive.length ?? 0) > 0).length).toBeGreaterThan(10);
    expect(lives.filter(({ faultsBefore }) => faultsBefore.length === 0).length).toBeGreaterThan(120);
    expect(lives.filter(({ faultsBefore }) => faultsBefore.length > 0).length).toBeGreaterThan(5);
  });

  const settings = [
    { provisioned: true, rules: allRules },
    { provisioned: false, rules: allRules },
    // What joins a group must not depend on a rule to hold it back.
    { provisioned: true, rules: [] },
    { provisioned: false, rules: [] },
  ].map((setting) => {
    const name = `provisioned: ${setting.provisioned}, ${setting.rules.length} rules`;
    return { ...setting, name, numRuns: setting.rules.length === 0 ? 250 : 80 };
  });

  it.each(settings)("as they are created ($name): breaks nothing, and replaces no load balancer", (setting) => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(created(world, setting).flatMap((step) => harmOf(step, setting))).toEqual([]);
      }),
      { numRuns: setting.numRuns },
    );
  });

  it.each(settings)("as they are updated ($name): the same, however often", (setting) => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(updated(world, setting).flatMap((step) => harmOf(step, setting))).toEqual([]);
      }),
      { numRuns: setting.numRuns },
    );
  });

  it("is never what a member is refused for", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const steps = created(world, enforced).filter(({ refusedBefore }) => refusedBefore().length === 0);
        expect(steps.flatMap(({ refusedAfter }) => refusedAfter())).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });
});

function isShared(target: string): boolean {
  return target === alb.scheme || target === alb.ipAddressType;
}

/** One request for one member, and the group as it is with it: as written, and with what is injected. */
interface Step {
  readonly decision: Decision;
  readonly before: GroupState | undefined;
  readonly after: GroupState | undefined;
  readonly faultsBefore: readonly string[];
  readonly faultsAfter: readonly string[];
  /** What is wrong with target groups, or with the load balancer for their sake. */
  readonly backendFaultsBefore: readonly string[];
  readonly backendFaultsAfter: readonly string[];
  readonly refusedBefore: () => readonly string[];
  readonly refusedAfter: () => readonly string[];
  /** A load balancer exists, or is being built for the other members. */
  readonly exists: boolean;
  /** The policy may turn the load balancer to dual-stack where it stands. */
  readonly mayMigrate: boolean;
}

/** What the injection alone brings about: nothing is held against it where the author's own words are already at fault. */
function harmOf(step: Step, { rules }: Setting): readonly string[] {
  const { faultsBefore, faultsAfter, backendFaultsBefore, backendFaultsAfter, before, after } = step;
  if (faultsBefore.length > 0) return [];
  const [old, now] = [before?.values(), after?.values()];
  const mayChangeType = !step.exists || step.mayMigrate;
  return [
    ...faultsAfter,
    ...(rules.length === 0 || backendFaultsBefore.length > 0 ? [] : backendFaultsAfter),
    ...(step.exists && old?.scheme !== now?.scheme ? [`${old?.scheme} becomes ${now?.scheme}`] : []),
    ...(mayChangeType || old?.ipAddressType === now?.ipAddressType
      ? []
      : [`${old?.ipAddressType} becomes ${now?.ipAddressType}`]),
  ];
}

/** Each Ingress is created into the cluster that those before it have made. */
function created(world: World, { provisioned, rules }: Setting): readonly Step[] {
  let stored = world.leaving;
  return world.ingresses.map((raw) => {
    const { step, object } = request(raw, undefined, stored, world, rules);
    stored = [...stored, provisioned ? withLoadBalancer(object, step) : object];
    return step;
  });
}

/** All are there as they were written; then each is written again, twice. */
function updated(world: World, { provisioned, rules }: Setting): readonly Step[] {
  const all = [...world.ingresses, ...world.leaving];
  const present = world.ingresses.map((raw) => {
    const others = all.filter((other) => other !== raw);
    return provisioned ? withLoadBalancer(raw, request(raw, undefined, others, world, rules).step) : raw;
  });
  let stored = [...present, ...world.leaving];
  return [...world.ingresses, ...world.ingresses].map(({ metadata: { name } }) => {
    const old = stored.find((each) => each.metadata.name === name);
    if (old === undefined) throw new Error(`${name} is gone`);
    const { step, object } = request(old, old, stored, world, rules);
    stored = stored.map((each) => (each === old ? object : each));
    return step;
  });
}

function request(
  raw: RawIngress,
  old: RawIngress | undefined,
  stored: readonly RawIngress[],
  world: World,
  rules: readonly Rule[],
): { readonly step: Step; readonly object: RawIngress } {
  const facts = factsOf(raw, stored, world);
  const decision = decide(subjectOf(raw, old, "mutating"), policiesOf(world), facts, rules);
  const object = structuredClone(raw);
  applyPatch(object, patchOf(raw, decision));
  const [before, after] = [raw, object].map((each) => stateOf(each, facts));
  const refused = (each: RawIngress): readonly string[] =>
    denials(decide(subjectOf(each, old, "validating"), policySet([]), facts)).map(({ rule }) => rule);
  return {
    object,
    step: {
      decision,
      before,
      after,
      faultsBefore: faultsOf(before),
      faultsAfter: faultsOf(after),
      backendFaultsBefore: backendFaultsOf(before, facts),
      backendFaultsAfter: backendFaultsOf(after, facts),
      refusedBefore: () => refused(raw),
      refusedAfter: () => refused(object),
      exists: old?.metadata.finalizers !== undefined || (before?.members.length ?? 0) > 1,
      mayMigrate: old !== undefined && decision.policy.policy?.spec.existing === "Migrate",
    },
  };
}

function subjectOf(raw: RawIngress, old: RawIngress | undefined, phase: Phase): IngressSubject {
  const { name, namespace } = raw.metadata;
  const object = ingressView(raw);
  return old === undefined
    ? { kind: "Ingress", phase, namespace, name, object, operation: "CREATE", old: undefined }
    : { kind: "Ingress", phase, namespace, name, object, operation: "UPDATE", old: ingressView(old) };
}

/** A policy for each namespace, unless the schema refuses it. */
function policiesOf({ specs }: World): PolicySet {
  return policySet(namespaces.flatMap((team) => policyOf(team, specs[team]) ?? []));
}

function policyOf(team: Namespace, spec: Readonly<Record<string, unknown>>): LoadBalancerPolicy | undefined {
  const text = JSON.stringify([team, spec]);
  if (!policies.has(text)) {
    const read = readPolicy(written({ ...spec, namespaceSelector: { matchLabels: { team } } }, team));
    policies.set(text, "policy" in read ? read.policy : undefined);
  }
  return policies.get(text);
}

/** There are few, and reading them is slow. */
const policies = new Map<string, LoadBalancerPolicy | undefined>();

function factsOf(raw: RawIngress, stored: readonly RawIngress[], { params, profile }: World): Facts {
  const cluster = new ClusterObjects({ namespaceLabels: (name) => ({ team: name }) });
  cluster.replace("Ingress", stored.map(ingressObject));
  cluster.replace("IngressClass", classes);
  cluster.replace("IngressClassParams", [ingressClassParamsView({ metadata: { name: "params" }, spec: params })]);
  cluster.replace("Service", services);
  for (const kind of ["Ingress", "IngressClass", "IngressClassParams", "Service"] as const) {
    cluster.setComplete(kind, true);
  }
  const { namespace } = raw.metadata;
  const install = { scope: "ClusterWide", excludedNamespaces: [] } as const;
  return { namespaceLabels: { team: namespace }, profile, install, cluster };
}

function stateOf(raw: RawIngress, { cluster, profile }: Facts): GroupState | undefined {
  const { name, namespace } = raw.metadata;
  const ingress = { name, namespace, view: ingressView(raw) };
  const classification = classify(ingress, cluster, profile);
  return classification.outcome === "served" ? groupStateOf(ingress, classification, cluster, profile) : undefined;
}

/** Why the controller would build nothing of the group. */
function faultsOf(state: GroupState | undefined): readonly string[] {
  if (state === undefined) return [];
  const { scheme, ipAddressType } = state.values();
  return [
    ...(state.problem === undefined ? [] : [state.problem]),
    ...state.conflicts().map(({ setting }) => `conflict about ${setting}`),
    ...state.redirectFaults().map(({ fault }) => fault),
    ...(scheme === undefined ? ["unknown scheme"] : []),
    ...(ipAddressType === undefined ? ["unknown address type"] : []),
  ];
}

function backendFaultsOf(state: GroupState | undefined, facts: Facts): readonly string[] {
  const ipAddressType = state?.values().ipAddressType;
  const hasNoIPv6 = facts.profile.subnetsHaveIPv6 === false;
  return [
    ...(ipAddressType !== undefined && ipAddressType !== "ipv4" && hasNoIPv6 ? ["subnets without IPv6"] : []),
    ...(state?.members ?? []).flatMap((member) => backendFaults(member, ipAddressType, facts)),
  ];
}

function backendFaults(
  member: Member,
  ipAddressType: string | undefined,
  { cluster, profile }: Facts,
): readonly string[] {
  const { namespace, view } = member.ingress;
  return backendTargets(view).flatMap(({ service: name }) => {
    const service = cluster?.service(namespace, name);
    if (service === undefined) return [];
    const targetType = targetTypeOf(member, service, profile);
    return [
      ...(ipAddressType === "ipv4" && service.ipFamilies?.includes("IPv6") === true ? ["IPv6 behind IPv4"] : []),
      ...(targetType === "instance" && !hasNodePorts(service) ? ["no node port"] : []),
      ...(targetType === "ip" && !profile.featureGates.EnableIPTargetType ? ["ip targets are off"] : []),
    ];
  });
}

function hasNodePorts({ ports }: BackendService): boolean {
  return ports.every(({ nodePort }) => nodePort !== undefined);
}

/** The controller marks its members before it builds. */
function withLoadBalancer(raw: RawIngress, { after }: Step): RawIngress {
  if (after === undefined) return raw;
  const finalizer =
    after.id.kind === "explicit" ? `group.ingress.k8s.aws/${after.id.name}` : "ingress.k8s.aws/resources";
  return { ...raw, metadata: { ...raw.metadata, finalizers: [finalizer] } };
}

const classes = [
  { name: "alb", parameters: undefined },
  { name: "with-params", parameters: { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "params" } },
  { name: "nginx", controller: "k8s.io/ingress-nginx", parameters: undefined },
].map(({ name, controller = "ingress.k8s.aws/alb", parameters }) =>
  ingressClassView({ metadata: { name }, spec: { controller, parameters } }),
);

const backends = ["v4", "v4", "v4", "dual", "v6", "bare", "own-ip", "own-instance", "gone"] as const;

const services = namespaces.flatMap((namespace) =>
  [
    serviceOf(namespace, "v4", { ipFamilies: ["IPv4"] }),
    serviceOf(namespace, "dual", { ipFamilies: ["IPv4", "IPv6"] }),
    serviceOf(namespace, "v6", { ipFamilies: ["IPv6"] }),
    serviceOf(namespace, "bare", { type: "ClusterIP", ports: [{ port: 80, targetPort: 8080 }] }),
    serviceOf(namespace, "own-ip", { type: "ClusterIP", ports: [{ port: 80, targetPort: 8080 }] }, "ip"),
    serviceOf(namespace, "own-instance", {}, "instance"),
  ].map(backendService),
);

function serviceOf(
  namespace: Namespace,
  name: string,
  spec: Readonly<Record<string, unknown>>,
  targetType?: string,
): Readonly<Record<string, unknown>> {
  const annotations = targetType === undefined ? {} : { [alb.targetType]: targetType };
  const ports = [{ port: 80, targetPort: 8080, nodePort: 30080 }];
  return {
    metadata: { name, namespace, annotations },
    spec: { type: "NodePort", ipFamilies: ["IPv4"], ports, ...spec },
  };
}

function mostly<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.constant(undefined) });
}

function rarely<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

function without(undefineds: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(undefineds).filter(([, value]) => value !== undefined));
}

const schemes = ["internal", "internet-facing"] as const;
const addressTypes = ["ipv4", "dualstack", "dualstack-without-public-ipv4"] as const;
const targetTypes = ["ip", "instance"] as const;

const annotations = fc.record({
  [alb.groupName]: fc.oneof({ weight: 6, arbitrary: fc.constant("g1") }, fc.constant(undefined)),
  [alb.groupOrder]: rarely(fc.constantFrom("-1", "0", "7")),
  [alb.scheme]: rarely(fc.constantFrom(...schemes)),
  [alb.ipAddressType]: rarely(fc.constantFrom(...addressTypes)),
  [alb.targetType]: rarely(fc.constantFrom(...targetTypes)),
  [alb.listenPorts]: rarely(fc.constantFrom('[{"HTTP":80}]', '[{"HTTP":8080}]', '[{"HTTPS":80}]')),
  [alb.inboundCidrs]: rarely(fc.constantFrom("10.0.0.0/8", "0.0.0.0/0,::/0")),
  [alb.enableFrontendNlb]: rarely(fc.constantFrom("true", "false")),
  [alb.authType]: rarely(fc.constantFrom("none", "cognito")),
  "kubernetes.io/ingress.class": rarely(fc.constantFrom("alb", "nginx")),
  "dualstack.dev/inject": rarely(fc.constantFrom("false")),
});

const ingressParts = fc.record({
  namespace: fc.constantFrom(...namespaces),
  annotations,
  className: fc.constantFrom(...Array<string>(6).fill("alb"), "with-params", "with-params", "nginx"),
  backends: fc.array(fc.constantFrom(...backends), { minLength: 1, maxLength: 2 }),
});

const ingresses = fc.array(ingressParts, { minLength: 1, maxLength: 4, size: "max" }).map((all) =>
  all.map(({ namespace, annotations: given, className, backends: names }, index): RawIngress => {
    const paths = names.map((name, at) => ({
      path: `/${at}`,
      pathType: "Prefix",
      backend: { service: { name, port: { number: 80 } } },
    }));
    const kept = without(given) as Readonly<Record<string, string>>;
    const metadata = {
      name: `web-${index}`,
      namespace,
      ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }),
    };
    return { metadata, spec: { ingressClassName: className, rules: [{ http: { paths } }] } };
  }),
);

const params = fc
  .record({
    scheme: rarely(fc.constantFrom(...schemes)),
    ipAddressType: rarely(fc.constantFrom(...addressTypes)),
    targetType: rarely(fc.constantFrom(...targetTypes)),
    group: rarely(fc.constant({ name: "g1" })),
  })
  .map(without);

const profiles = fc
  .record({
    subnetsHaveIPv6: fc.constantFrom<ClusterProfile["subnetsHaveIPv6"]>(true, true, true, undefined, false, "some"),
    defaultScheme: fc.constantFrom(...schemes),
    defaultTargetType: fc.constantFrom(...targetTypes),
    hasIpTargets: fc.constantFrom(true, true, true, false),
  })
  .map(({ hasIpTargets, ...told }): ClusterProfile => {
    return {
      ...defaultProfile,
      ...told,
      featureGates: { ...defaultProfile.featureGates, EnableIPTargetType: hasIpTargets },
    };
  });

function settingOf(...values: readonly string[]): fc.Arbitrary<object | undefined> {
  return mostly(fc.constantFrom(...values).map((value) => ({ default: value })));
}

const ingressPolicy = fc.record({
  existing: fc.constantFrom("Preserve", "Migrate"),
  mode: fc.constantFrom("Enforce", "Enforce", "Enforce", "Enforce", "Warn"),
  ingress: fc
    .record({
      scheme: settingOf(...schemes),
      ipAddressType: settingOf(...addressTypes),
      targetType: settingOf(...targetTypes),
    })
    .map(without),
});

const specs = fc.record({ shop: ingressPolicy, "team-a": ingressPolicy, "team-b": ingressPolicy });

const leaving = ingresses.map((all) =>
  all.slice(0, 1).map((raw): RawIngress => {
    const finalizers = ["group.ingress.k8s.aws/g1"];
    return {
      ...raw,
      metadata: { ...raw.metadata, name: "old", finalizers, deletionTimestamp: "2026-01-01T00:00:00Z" },
    };
  }),
);

const worlds: fc.Arbitrary<World> = fc.record({
  ingresses,
  leaving: rarely(leaving).map((some) => some ?? []),
  params,
  profile: profiles,
  specs,
});
