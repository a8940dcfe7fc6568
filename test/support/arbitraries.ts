import fc from "fast-check";
import { alb, nlb } from "../../src/annotations/catalog.ts";
import { ignoreLoadBalancer } from "../../src/annotations/gardener.ts";
import type { Cluster, ClusterKind } from "../../src/decision/cluster/cluster.ts";
import { defaultProfile, featureGates } from "../../src/decision/facts.ts";
import type { ClusterProfile, Facts, FeatureGate, IpFamily } from "../../src/decision/facts.ts";
import { policySet } from "../../src/policy/resolve.ts";
import type { PolicySet } from "../../src/policy/resolve.ts";
import { readPolicy } from "../../src/policy/schema.ts";
import { rules } from "../../src/rules/index.ts";
import { written } from "../policy/policies.ts";
import { knownCluster } from "./known-cluster.ts";

/** Raw objects as clients write them, good and bad, and the policies and clusters that they may meet. */

type Raw = Record<string, unknown>;

/** Rare, so that most objects leave something open for the policy. */
function sometimes<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

function mostly<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(undefined) });
}

function without(undefineds: Readonly<Record<string, unknown>>): Raw {
  return Object.fromEntries(Object.entries(undefineds).filter(([, value]) => value !== undefined));
}

const scheme = fc.constantFrom("internal", "internet-facing", "public", "");
const bool = fc.constantFrom("true", "false", "1", "0.0.0.0/0", "");
const injectedNote = fc.constantFrom(
  `policy=generated; keys=${nlb.scheme},${nlb.ipAddressType}`,
  `policy=generated; keys=${alb.scheme},spec.loadBalancerClass`,
  `policy=generated; keys=${alb.ipAddressType},${alb.scheme},${alb.targetType}`,
  `policy=generated; keys=${ignoreLoadBalancer},${nlb.targetGroupAttributes}[proxy_protocol_v2.enabled]`,
  "policy=other; keys=a",
  "mine",
);

/** Ten and more faults at once hide each other. */
function rarely<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 11, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

const serviceAnnotations = fc
  .record({
    [nlb.type]: sometimes(fc.constantFrom("external", "nlb-ip", "nlb", "")),
    [nlb.targetType]: sometimes(fc.constantFrom("ip", "instance", "IP", "")),
    [nlb.scheme]: sometimes(scheme),
    [nlb.internal]: sometimes(bool),
    [nlb.ipAddressType]: sometimes(fc.constantFrom("ipv4", "dualstack", "dualstack-without-public-ipv4", "")),
    [nlb.proxyProtocol]: sometimes(fc.constantFrom("*", "true", "")),
    [nlb.proxyProtocolPerTargetGroup]: sometimes(fc.constantFrom("80", "443, 80", "", "http")),
    [nlb.targetGroupAttributes]: sometimes(
      fc.constantFrom("proxy_protocol_v2.enabled=true", "stickiness.enabled=true", "a=b,c=d\n", "a=b,", "broken", ""),
    ),
    [nlb.enablePrefixForIpv6SourceNat]: sometimes(fc.constantFrom("on", "off", "ON")),
    [nlb.healthcheckProtocol]: sometimes(fc.constantFrom("tcp", "HTTP")),
    [nlb.healthcheckPort]: rarely(fc.constantFrom("traffic-port", "10254", "a", "")),
    [nlb.quicEnabledPorts]: rarely(fc.constantFrom("443", "a", "")),
    [nlb.enableTcpUdpListener]: rarely(fc.constantFrom("true", "false", "yes")),
    [nlb.sslCert]: rarely(fc.constantFrom("arn:aws:acm:us-west-2:111122223333:certificate/a", "")),
    [nlb.sslPorts]: rarely(fc.constantFrom("443", "a", "*", "")),
    [nlb.backendProtocol]: rarely(fc.constantFrom("ssl", "SSL")),
    [`${nlb.targetGroupAttributes}.53`]: rarely(fc.constantFrom("preserve_client_ip.enabled=false", "x")),
    [nlb.eipAllocations]: rarely(fc.constantFrom("", "eipalloc-1", "eipalloc-1,eipalloc-2,eipalloc-3")),
    [nlb.privateIpv4Addresses]: rarely(fc.constantFrom("", "10.0.0.1", "10.0.0.1,10.0.1.1,10.0.2.1")),
    [nlb.ipv6Addresses]: rarely(fc.constantFrom("", "fd00::1", "fd00::1,fd00:1::1,fd00:2::1")),
    [nlb.sourceNatIpv6Prefixes]: rarely(fc.constantFrom("", "auto_assigned,auto_assigned")),
    [nlb.subnets]: rarely(fc.constantFrom("", "subnet-1", "subnet-1,subnet-2,subnet-3")),
    [nlb.loadBalancerSourceRanges]: rarely(fc.constantFrom("", "10.0.0.0/8", "fd00::/8")),
    [nlb.securityGroups]: rarely(fc.constantFrom("", "sg-1")),
    [nlb.disableNlbSg]: rarely(fc.constantFrom("true", "false", "no")),
    [nlb.manageBackendSecurityGroupRules]: rarely(fc.constantFrom("true", "false", "no")),
    [alb.scheme]: sometimes(scheme),
    [ignoreLoadBalancer]: sometimes(fc.constantFrom("true", "false", "")),
    "dualstack.dev/inject": sometimes(fc.constantFrom("false", "true", "")),
    "dualstack.dev/injected": sometimes(injectedNote),
    "example.com/a~b": sometimes(fc.string()),
    ["__proto__"]: sometimes(fc.constant("x")),
  })
  .map(without);

const ingressAnnotations = ingressAnnotationsIn(sometimes(fc.constantFrom("public", "public", "other", "")));

function ingressAnnotationsIn(group: fc.Arbitrary<string | undefined>): fc.Arbitrary<Raw> {
  return fc
    .record({
      [alb.scheme]: sometimes(scheme),
      [alb.ipAddressType]: sometimes(fc.constantFrom("ipv4", "dualstack", "dualstack-without-public-ipv4", "")),
      [alb.targetType]: sometimes(fc.constantFrom("ip", "instance", "")),
      [alb.groupName]: group,
      [alb.enableFrontendNlb]: rarely(fc.constantFrom("true", "false")),
      [alb.inboundCidrs]: sometimes(fc.constantFrom("10.0.0.0/8", "0.0.0.0/0,::/0")),
      [nlb.scheme]: sometimes(scheme),
      "kubernetes.io/ingress.class": sometimes(fc.constantFrom("alb", "nginx", "")),
      "dualstack.dev/inject": sometimes(fc.constantFrom("false", "0", "no")),
      "dualstack.dev/injected": sometimes(injectedNote),
    })
    .map(without);
}

const families = fc.constantFrom(["IPv4"], ["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]);

const serviceSpec = fc
  .record({
    type: fc.constantFrom(...Array<string>(9).fill("LoadBalancer"), "ClusterIP"),
    loadBalancerClass: sometimes(fc.constantFrom("service.k8s.aws/nlb", "eks.amazonaws.com/nlb", "metallb.example/lb")),
    ports: fc.array(
      fc
        .record({
          name: sometimes(fc.constant("a")),
          port: fc.constantFrom(80, 443, 53),
          protocol: fc.constantFrom("TCP", "TCP", "TCP", "UDP", "UDP", "SCTP"),
          targetPort: sometimes(fc.constantFrom<string | number>(8080, "web")),
          nodePort: sometimes(fc.constantFrom(30080, 30443)),
        })
        .map(without),
      { minLength: 1, maxLength: 3 },
    ),
    allocateLoadBalancerNodePorts: sometimes(fc.boolean()),
    ipFamilies: sometimes(families),
    ipFamilyPolicy: sometimes(fc.constantFrom("SingleStack", "PreferDualStack", "RequireDualStack")),
    externalTrafficPolicy: sometimes(fc.constantFrom("Local", "Cluster")),
    loadBalancerSourceRanges: sometimes(fc.constantFrom(["10.0.0.0/8"], ["10.0.0.0/8", "fd00::/8"])),
  })
  .map(without);

const status = sometimes(fc.constant({ loadBalancer: { ingress: [{ hostname: "a.elb.amazonaws.com" }] } }));
const finalizers = sometimes(
  fc.constantFrom(["service.k8s.aws/resources"], ["ingress.k8s.aws/resources"], ["example.com/other"]),
);

function metadata(annotations: fc.Arbitrary<Raw>): fc.Arbitrary<Raw> {
  const shapes = fc.oneof({ weight: 8, arbitrary: annotations }, fc.constantFrom(undefined, null, {}));
  return fc
    .record({ name: fc.constant("web"), namespace: fc.constant("shop"), annotations: shapes, finalizers })
    .map(without);
}

const rawServiceOf = fc
  .record({ metadata: metadata(serviceAnnotations), spec: serviceSpec, status })
  .map((parts): Raw => ({ apiVersion: "v1", kind: "Service", ...without(parts) }));

const defaultBackend = fc
  .constantFrom("web", "web", "gone")
  .map((name): Raw => ({ service: { name, port: { number: 80 } } }));

function rawIngressWith(annotations: fc.Arbitrary<Raw>): fc.Arbitrary<Raw> {
  return fc
    .record({
      metadata: metadata(annotations),
      spec: fc
        .record({
          ingressClassName: mostly(fc.constantFrom("alb", "plain-alb", "nginx")),
          defaultBackend: sometimes(defaultBackend),
        })
        .map(without),
      status,
    })
    .map((parts): Raw => ({ apiVersion: "networking.k8s.io/v1", kind: "Ingress", ...without(parts) }));
}

const rawIngressOf = rawIngressWith(ingressAnnotations);

export interface RawRequest {
  readonly object: Raw;
  readonly oldObject: Raw | undefined;
}

function requestOn(raw: fc.Arbitrary<Raw>): fc.Arbitrary<RawRequest> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ object: raw, oldObject: fc.constant(undefined) }) },
    fc.record({ object: raw, oldObject: raw }),
    raw.map((object) => ({ object, oldObject: structuredClone(object) })),
  );
}

export const rawRequest: fc.Arbitrary<RawRequest> = fc.oneof(requestOn(rawServiceOf), requestOn(rawIngressOf));

/** Ingresses, most of which share a load balancer with those of `groups`. */
export const groupedRequest: fc.Arbitrary<RawRequest> = requestOn(
  rawIngressWith(ingressAnnotationsIn(fc.constantFrom(...Array<string>(8).fill("public"), "other", undefined))),
);

/** New objects of controllers that are not ours. */
export const foreignRequest: fc.Arbitrary<RawRequest> = fc.oneof(
  rawServiceOf.map((service) => withSpec(service, { type: "LoadBalancer", loadBalancerClass: "metallb.example/lb" })),
  rawIngressOf.map((ingress) => {
    const { annotations: _written, ...metadata } = ingress["metadata"] as Raw;
    return withSpec({ ...ingress, metadata }, { ingressClassName: "nginx" });
  }),
);

function withSpec(object: Raw, spec: Raw): RawRequest {
  return { object: { ...object, spec: { ...(object["spec"] as Raw), ...spec } }, oldObject: undefined };
}

/** A default that its own `allowed` has, as the schema demands. */
function setting(...values: readonly string[]): fc.Arbitrary<Raw | undefined> {
  const chosen = fc.record({ value: fc.constantFrom(...values), others: sometimes(fc.subarray([...values])) });
  return mostly(
    fc.oneof(
      chosen.map(({ value, others }) =>
        without({ default: value, allowed: others && [...new Set([value, ...others])] }),
      ),
      fc.subarray([...values], { minLength: 1 }).map((allowed): Raw => ({ allowed })),
    ),
  );
}

/** Only claims that the other settings can carry out. */
function withPossibleClaim({ claim, ...service }: Raw): Raw {
  const given = (name: string): boolean => (service[name] as Raw | undefined)?.["default"] !== undefined;
  const possible =
    (claim === "Class" && given("loadBalancerClass")) ||
    (claim === "TypeAnnotation" && given("targetType") && !given("loadBalancerClass")) ||
    claim === "Leave" ||
    claim === "Refuse";
  return possible ? { claim, ...service } : service;
}

/** Specs that the schema accepts. */
export const policySpec = fc.record({
  namespaceSelector: fc.constant({}),
  mode: fc.constantFrom("Enforce", "Enforce", "Enforce", "Enforce", "Enforce", "Enforce", "Warn", "Off"),
  existing: fc.constantFrom("Preserve", "Migrate"),
  service: fc
    .record({
      claim: sometimes(fc.constantFrom("Class", "TypeAnnotation", "Leave", "Refuse")),
      loadBalancerClass: setting("service.k8s.aws/nlb", "eks.amazonaws.com/nlb"),
      ipAddressType: setting("dualstack", "ipv4"),
      scheme: setting("internal", "internet-facing"),
      targetType: setting("ip", "instance"),
      proxyProtocol: setting("On", "Off"),
    })
    .map(without)
    .map(withPossibleClaim),
  ingress: fc
    .record({
      ipAddressType: setting("dualstack", "ipv4", "dualstack-without-public-ipv4"),
      scheme: setting("internal", "internet-facing"),
      targetType: setting("ip", "instance"),
      groupName: rarely(fc.constant({ allowed: ["pub*"] })),
    })
    .map(without),
  rules: fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    fc.dictionary(
      fc.constantFrom(...rules.map(({ id }) => id), "no-such-rule"),
      fc.constantFrom("Deny", "Warn", "Off"),
      {
        maxKeys: 40,
        size: "max",
      },
    ),
  ),
});

/** Policies that the schema accepts, among them none. */
export const policies: fc.Arbitrary<PolicySet> = fc
  .oneof({ weight: 9, arbitrary: policySpec }, { weight: 1, arbitrary: fc.constant(undefined) })
  .map((spec) => {
    if (spec === undefined) return policySet([]);
    const read = readPolicy(written(spec, "generated"));
    return policySet("policy" in read ? [read.policy] : []);
  });

const gates = fc.record({
  ...(Object.fromEntries(
    featureGates.map((gate) => [gate, fc.constantFrom(true, true, true, defaultProfile.featureGates[gate], false)]),
  ) as Record<FeatureGate, fc.Arbitrary<boolean>>),
  EnableServiceController: fc.constant(true),
  EnableCertificateManagement: fc.constantFrom(true, false),
});

const profile: fc.Arbitrary<ClusterProfile> = fc.record({
  platform: sometimes(fc.constant("gardener")),
  ipFamily: mostly(fc.constantFrom("ipv4", "ipv6", "dualstack")),
  detectedFamilies: mostly(
    fc.constantFrom<readonly IpFamily[]>(["IPv4"], ["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]),
  ),
  subnetsHaveIPv6: sometimes(fc.constantFrom<boolean | "some">(true, false, "some")),
  discoveredSubnets: sometimes(fc.constantFrom(2, 3)),
  overlayNetwork: sometimes(fc.boolean()),
  inTreeVersion: sometimes(fc.constantFrom({ major: 1, minor: 33 }, { major: 1, minor: 36 })),
  controllerVersion: sometimes(fc.constantFrom({ major: 3, minor: 4 }, { major: 3, minor: 5 })),
  // Where it is true, another webhook changes the object between our two calls.
  serviceMutator: sometimes(fc.constant(false)),
  featureGates: fc.oneof({ weight: 3, arbitrary: fc.constant(defaultProfile.featureGates) }, gates),
  backendSecurityGroup: fc.constantFrom(true, true, false),
  manageBackendSecurityGroupRules: fc.constantFrom(false, false, true),
  externalManagedTags: fc.constant([]),
  nodesHavePrimaryIPv6: sometimes(fc.boolean()),
  controllers: sometimes(
    fc.subarray(["aws-load-balancer-controller", "eks-auto-mode", "cloud-controller-manager"] as const),
  ),
  ingressClass: fc.constantFrom("alb", "alb", ""),
  disableIngressClassAnnotation: fc.constant(false),
  disableIngressGroupNameAnnotation: fc.constant(false),
  loadBalancerClass: fc.constant(defaultProfile.loadBalancerClass),
  defaultScheme: fc.constantFrom("internal", "internet-facing"),
  defaultTargetType: fc.constantFrom("ip", "instance"),
  albClasses: fc.constant([
    { name: "alb", hasParams: undefined },
    { name: "plain-alb", hasParams: false },
  ]),
});

/** Another Ingress, in some group. */
const otherIngress = fc
  .record({
    namespace: fc.constantFrom("shop", "team-a", "team-b"),
    name: fc.constantFrom("api", "docs"),
    annotations: fc
      .record({
        [alb.groupName]: fc.constantFrom("public", "public", "public", "other"),
        [alb.scheme]: sometimes(fc.constantFrom("internal", "internet-facing")),
        [alb.ipAddressType]: sometimes(fc.constantFrom("ipv4", "dualstack", "dualstack-without-public-ipv4")),
      })
      .map(without),
    finalizers: fc.constantFrom(undefined, ["group.ingress.k8s.aws/public"]),
    deletionTimestamp: rarely(fc.constant("2026-01-01T00:00:00Z")),
    ingressClassName: fc.constantFrom("alb", "plain-alb", "plain-alb", "nginx"),
  })
  .map(({ ingressClassName, ...head }): Raw => ({
    kind: "Ingress",
    metadata: without(head),
    spec: { ingressClassName },
  }));

const backend = fc
  .record({
    type: fc.constantFrom("ClusterIP", "NodePort"),
    ipFamilies: families,
    annotations: fc.record({ [alb.targetType]: sometimes(fc.constantFrom("ip", "instance", "")) }).map(without),
  })
  .map(({ type, ipFamilies, annotations }): Raw => {
    const port = { port: 80, targetPort: 8080, ...(type === "NodePort" ? { nodePort: 30080 } : {}) };
    const spec = { type, ipFamilies, ports: [port] };
    return { kind: "Service", metadata: { namespace: "shop", name: "web", annotations }, spec };
  });

const classParams = fc
  .record({
    scheme: sometimes(fc.constantFrom("internal", "internet-facing")),
    ipAddressType: sometimes(fc.constantFrom("ipv4", "dualstack")),
    targetType: sometimes(fc.constantFrom("ip", "instance")),
    group: rarely(fc.constant({ name: "public" })),
  })
  .map((spec): Raw => ({
    kind: "IngressClassParams",
    apiVersion: "elbv2.k8s.aws/v1beta1",
    metadata: { name: "params" },
    spec: without(spec),
  }));

function ingressClass(name: string, spec: Raw): Raw {
  return { kind: "IngressClass", metadata: { name }, spec };
}

const parameters = { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "params" };

const classes = fc
  .record({
    params: sometimes(fc.constant(parameters)),
    plain: fc.constantFrom("ingress.k8s.aws/alb", "ingress.k8s.aws/alb", "eks.amazonaws.com/alb"),
  })
  .map(({ params, plain }) => [
    ingressClass("alb", { controller: "ingress.k8s.aws/alb", ...without({ parameters: params }) }),
    ingressClass("plain-alb", { controller: plain }),
    ingressClass("nginx", { controller: "k8s.io/ingress-nginx" }),
  ]);

/** What caches hold. */
export interface Surroundings {
  readonly others: readonly Raw[];
  readonly services: readonly Raw[];
  readonly classes: readonly Raw[];
  readonly unsure: readonly ClusterKind[];
}

const surroundings: fc.Arbitrary<Surroundings> = fc.record({
  others: fc.array(otherIngress, { maxLength: 3 }),
  services: mostly(backend).map((service) => (service === undefined ? [] : [service])),
  classes: fc.tuple(classes, mostly(classParams)).map(([all, params]) => [...all, ...(params ? [params] : [])]),
  unsure: fc.oneof(
    { weight: 5, arbitrary: fc.constant<readonly ClusterKind[]>([]) },
    fc.subarray<ClusterKind>(["Ingress", "IngressClass", "IngressClassParams", "Service"]),
  ),
});

/** Clusters with Ingresses in groups, of which nearly everything is known. */
export const groups: fc.Arbitrary<Surroundings> = fc
  .record({
    surroundings,
    others: fc.array(otherIngress, { minLength: 2, maxLength: 4, size: "max" }),
    unsure: rarely(fc.constant<readonly ClusterKind[]>(["Ingress"])),
  })
  .map(({ surroundings: around, others, unsure = [] }) => ({ ...around, others, unsure }));

export function clusterIn({ others, services, classes: known, unsure }: Surroundings): Cluster {
  const manifests = [...known, ...services, ...others];
  // Indexes say little to whom a counterexample is shown.
  return Object.assign(knownCluster(manifests, unsure), { [fc.toStringMethod]: () => JSON.stringify(manifests) });
}

/** Facts of a namespace in scope. */
export const inScope: fc.Arbitrary<Facts> = fc.record({
  namespaceLabels: fc.constantFrom<Readonly<Record<string, string>>>({}, { "dualstack.dev/policy": "generated" }),
  profile,
  install: fc.constant({ scope: "ClusterWide", excludedNamespaces: [] }),
  cluster: fc.oneof(fc.constant(undefined), surroundings.map(clusterIn)),
});
