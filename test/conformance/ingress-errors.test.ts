import { describe, expect, it } from "vitest";
import { alb } from "../../src/annotations/catalog.ts";
import { annotationField } from "../../src/decision/rule.ts";
import {
  forgedIngress,
  forgedMember,
  forgedService,
  inGroup,
  notLoaded,
  ofGroup,
  rejectedIngress,
} from "./forged-ingress.ts";
import type { IngressParts } from "./forged-ingress.ts";
import { readIngressError } from "./ingress-errors.ts";
import type { Property } from "./undecidable.ts";

const backend = "spec.rules[0].http.paths[0].backend";
const classFields = ["spec.ingressClassName", "metadata.annotations[kubernetes.io/ingress.class]"];
const certificate = { [alb.certificateArn]: "arn:aws:acm:a" };

describe("the fields of which a right rule names one", () => {
  it.each<[string, readonly string[]]>([
    ['failed to parse bool annotation, KEY: yes: strconv.ParseBool: parsing "yes"', [alb.enableFrontendNlb]],
    ["ingress: shop/web: failed to parse int32 annotation, KEY: x: strconv", [alb.healthcheckIntervalSeconds]],
    ["failed to parse json annotation, KEY: {: unexpected end", [`${alb.conditions}.web`]],
    [
      "failed to load Ingress group order for ingress: shop/web: failed to parse int32 annotation, KEY: x: y",
      [alb.groupOrder],
    ],
    ["explicit Ingress group order must be within [-1000:1000], Ingress: shop/web, order: 1001", [alb.groupOrder]],
    ["invalid ingress group: groupName must consist of", [alb.groupName]],
    ["unknown IPAddressType: x", [alb.ipAddressType]],
    ["load balancer name cannot be longer than 32 characters", [alb.loadBalancerName]],
    [
      "ingress: shop/web: invalid inbound-cidrs settings on Ingress: shop/web: invalid CIDR address: x",
      [alb.inboundCidrs],
    ],
    ["ingress: shop/web: failed to parse listen-ports configuration: `x`: y", [alb.listenPorts]],
    ["ingress: shop/web: empty listen-ports configuration: `[]`", [alb.listenPorts]],
    ["ingress: shop/web: listen port must be within [1, 65535]: 0", [alb.listenPorts]],
    ["ingress: shop/web: listen protocol must be within [HTTP, HTTPS]: TCP", [alb.listenPorts]],
    [
      "ingress: shop/web: failed to parse mutualAuthentication configuration from ingress annotation: `{`: x",
      [alb.mutualAuthentication],
    ],
    [
      "ingress: shop/web: mutualAuthentication mode value must be among [off] for port 443 : x",
      [alb.mutualAuthentication],
    ],
    ["ingress: shop/web: mutualAuthentication mode cannot be empty for port 443", [alb.mutualAuthentication]],
    [
      "ingress: shop/web: trustStore is required when mutualAuthentication mode is verify for port 443",
      [alb.mutualAuthentication],
    ],
    [
      "ingress: shop/web: Mutual Authentication mode off does not support trustStore for port 443",
      [alb.mutualAuthentication],
    ],
    ["ingress: shop/web: advertiseTrustStoreCaNames only supports the values", [alb.mutualAuthentication]],
    ["listener does not exist for SSLRedirect port: 444", [alb.sslRedirect, alb.listenPorts]],
    ["listener protocol non-SSL for SSLRedirect port: 80", [alb.sslRedirect, alb.listenPorts]],
    ["unable to resolve at least one subnet", [alb.subnets]],
    ["subnets count less than minimal required count: 1 < 2", [alb.subnets]],
    [
      "couldn't auto-discover subnets: unable to resolve at least one subnet. Evaluated 3 subnets: 3 don't have an associated IPv6 CIDR block",
      [alb.ipAddressType, alb.subnets],
    ],
    ["subnets [a] do not have an associated IPv6 CIDR block", [alb.subnets, alb.ipAddressType]],
    ["couldn't find all security groups: requested names [x] but found []", [alb.securityGroups]],
    [
      "backendSG feature is required to manage worker node SG rules when frontendSG manually specified",
      [alb.manageBackendSecurityGroupRules, alb.securityGroups],
    ],
    ["cannot use empty value for customer-owned-ipv4-pool annotation, ingress: shop/web", [alb.customerOwnedIpv4Pool]],
    ["invalid value to set the capacity: x", [alb.minimumLoadBalancerCapacity]],
    ["failed build tags for Ingress shop/web: external managed tag key a cannot be specified", [alb.tags, alb.tags]],
    ["Unable to find web acl named x", [alb.wafv2AclName]],
    ["ingress: shop/web: unknown targetType: x", [alb.targetType]],
    ["ingress: shop/web: backend protocol must be within [HTTP, HTTPS]: x", [alb.backendProtocol]],
    [
      "ingress: shop/web: backend protocol version must be within [HTTP1, HTTP2, GRPC]: x",
      [alb.backendProtocolVersion],
    ],
    ["ingress: shop/web: healthCheckProtocol must be within [HTTP, HTTPS]", [alb.healthcheckProtocol]],
    [
      "ingress: shop/web: failed to resolve healthCheckPort: unable to find port x on service shop/web",
      [alb.healthcheckPort],
    ],
    ["ingress: shop/web: unknown authType: x", [alb.authType]],
    ["ingress: shop/web: missing IDPConfigCognito", [alb.authType, alb.authIdpCognito]],
    ["ingress: shop/web: missing IDPConfigOIDC", [alb.authType, alb.authIdpOidc]],
    [
      "ingress: shop/web: authentication and jwt validation can't both be configured",
      [alb.authType, alb.jwtValidation],
    ],
    [
      "EIP allocations can only be set for internet facing load balancers",
      [alb.frontendNlbEipAllocations, alb.frontendNlbScheme],
    ],
    [
      "count of EIP allocations (2) and subnets (3) must match",
      [alb.frontendNlbEipAllocations, alb.frontendNlbSubnets, alb.subnets],
    ],
    ["invalid dns_record.client_routing_policy set in annotation x", [alb.frontendNlbAttributes]],
    [
      "failed to compute listenPort config for ingress: shop/web: invalid ALB listener port: x",
      [alb.frontendNlbListenerPortMapping],
    ],
    [
      "failed to compute listenPort config for ingress: shop/web: failed to parse frontend-nlb-listener-port-mapping for ingress map[]: failed to parse stringMap annotation, KEY: 443",
      [alb.frontendNlbListenerPortMapping],
    ],
    [
      "failed to compute listenPort config for ingress: shop/web: healthCheckProtocol must be within [HTTP, HTTPS]",
      [alb.frontendNlbHealthcheckProtocol],
    ],
    [
      "failed to compute listenPort config for ingress: shop/web: failed to resolve healthCheckPort",
      [alb.frontendNlbHealthcheckPort],
    ],
    ["new usage of `alb.ingress.kubernetes.io/group.name` annotation is forbidden", [alb.groupName]],
    [
      `ignoring Ingress shop/web since invalid ${alb.conditions}.web annotation: missing sourceIPConfig`,
      [`${alb.conditions}.web`],
    ],
  ])("%s", (text, keys) => {
    const [first = ""] = keys;
    expect(fieldsOf(text.replace("KEY", first), {})).toEqual(keys.map(annotationField));
  });

  it.each<[string, readonly string[]]>([
    ["conflicting IPAddressType: [dualstack ipv4]", [alb.ipAddressType]],
    ["conflicting load balancer name: map[a:{} b:{}]", [alb.loadBalancerName]],
    [
      "failed to merge listenPort config for port: 80: conflicting protocol, shop/web: HTTP | team-b/api: HTTPS",
      [alb.listenPorts, alb.certificateArn],
    ],
    [
      "failed to merge listenPort config for port: 80: conflicting inbound-cidrs, team-b/api: [], [] | shop/web: [], []",
      [alb.inboundCidrs],
    ],
    [
      "failed to merge listenPort config for port: 80: conflicting inbound-prefix-lists, shop/web: [a] | team-b/api: [b]",
      [alb.securityGroupPrefixLists],
    ],
    [
      "failed to merge listenPort config for port: 443: conflicting sslPolicy, shop/web: a | team-b/api: b",
      [alb.sslPolicy],
    ],
    [
      "failed to merge listenPort config for port: 443: conflicting mTLS Attributes, shop/web: 0xADDR | team-b/api: 0xADDR",
      [alb.mutualAuthentication],
    ],
    ["conflicting sslRedirect port: [443 8443]", [alb.sslRedirect]],
    ["conflicting manage backend security group rules settings", [alb.manageBackendSecurityGroupRules]],
    ["conflicting CustomerOwnedIPv4Pool: [a b]", [alb.customerOwnedIpv4Pool]],
    ["conflicting ipv4 ipam pools a: b", [alb.ipamIpv4PoolId]],
    ["conflicting load balancer attributes a: 1 | 2", [alb.loadBalancerAttributes]],
    ["conflicting tag a: 1 | 2", [alb.tags]],
    ["conflicting capacity reservation CapacityUnits: 1 | 2", [alb.minimumLoadBalancerCapacity]],
    ["conflicting WAFv2 WebACL ARNs: [a b]", [alb.wafv2AclArn, alb.wafv2AclName]],
    ["conflicting WAFRegional WebACL IDs: [a b]", [alb.wafAclId, alb.webAclId]],
    ["conflicting enable shield advanced protection", [alb.shieldAdvancedProtection]],
    ["conflicting enable frontend NLB values", [alb.enableFrontendNlb]],
    ["all EIP allocations for the ingress group must be the same: [a] | [b]", [alb.frontendNlbEipAllocations]],
    ["conflicting frontend NLB attributes: a", [alb.frontendNlbAttributes]],
    ["conflicting frontend NLB tag a: 1 | 2", [alb.frontendNlbTags]],
    [
      "failed to merge NLB listenPort config for port: 443: conflicting Target Port, config 2: 81, previous: 80",
      [alb.frontendNlbListenerPortMapping, alb.listenPorts],
    ],
    [
      "failed to merge NLB listenPort config for port: 443: conflicting IntervalSeconds, config 2: 1, previous: 2",
      [alb.frontendNlbHealthcheckIntervalSeconds],
    ],
    [
      "failed to merge NLB listenPort config for port: 443: conflicting Matcher, config 2: a, previous: a",
      [alb.frontendNlbHealthcheckSuccessCodes],
    ],
  ])("of two members, %s", (text, keys) => {
    const parts = {
      annotations: inGroup,
      others: [forgedMember({})],
      verdict: rejectedIngress(text, ofGroup("team-b/api")),
    };
    const reading = readIngressError(text, forgedIngress(parts));
    expect([reading?.fields, reading?.isOthers]).toEqual([keys.map(annotationField), false]);
  });

  it("of a class: what chooses it", () => {
    expect(fieldsOf('invalid ingress class: ingressclasses.networking.k8s.io "x" not found', {})).toEqual(classFields);
    expect(fieldsOf("multiple default IngressClasses found", {})).toEqual(classFields);
    expect(fieldsOf("failed build tags for IngressClassParams params: external managed tag key a", {})).toEqual(
      classFields,
    );
  });

  it("of a value that IngressClassParams set: the class as well", () => {
    const spec = { ingressClassName: "with-params" };
    const field = annotationField(alb.ipAddressType);
    expect(fieldsOf("unknown IPAddressType: x", { spec, params: { ipAddressType: "dualstack" } })).toEqual([
      field,
      ...classFields,
    ]);
    expect(fieldsOf("unknown IPAddressType: x", { spec, params: { scheme: "internal" } })).toEqual([field]);
    const annotations = { "kubernetes.io/ingress.class": "alb" };
    const bypassed = { spec, annotations, params: { ipAddressType: "dualstack" } };
    expect(fieldsOf("unknown IPAddressType: x", bypassed)).toEqual([field]);
  });

  it("of texts that ALB and NLB in front share: the ALB's where it has the fault, since it is built first", () => {
    const [scheme, front] = [alb.scheme, alb.frontendNlbScheme].map(annotationField);
    expect(fieldsOf("unknown scheme: x", { annotations: { [alb.scheme]: "x" } })).toEqual([scheme]);
    expect(
      fieldsOf("unknown scheme: x", { annotations: { [alb.scheme]: "internal", [alb.frontendNlbScheme]: "x" } }),
    ).toEqual([front]);
    const conflict = (key: string): IngressParts => ({
      annotations: { ...inGroup, [key]: "a" },
      others: [forgedMember({ annotations: { [key]: "b" } })],
      verdict: ofGroup("team-b/api"),
    });
    for (const [text, own, ofFront] of [
      ["conflicting scheme: map[]", alb.scheme, alb.frontendNlbScheme],
      ["conflicting subnets: [a] | [b]", alb.subnets, alb.frontendNlbSubnets],
      ["conflicting securityGroups: [a] | [b]", alb.securityGroups, alb.frontendNlbSecurityGroups],
    ] as const) {
      expect(fieldsOf(text, conflict(own))).toEqual([annotationField(own)]);
      expect(fieldsOf(text, conflict(ofFront))).toEqual([annotationField(ofFront)]);
    }
  });

  it("of texts that ALB and NLB in front share: what a class states is compared with what an annotation does", () => {
    const text = "conflicting scheme: map[internal:{} internet-facing:{}]";
    const parts = {
      annotations: { ...inGroup, [alb.frontendNlbScheme]: "internal" },
      spec: { ingressClassName: "with-params" },
      params: { scheme: "internal" },
    };
    const member = (scheme: string): IngressParts => ({
      ...parts,
      others: [forgedMember({ annotations: { [alb.scheme]: scheme, [alb.frontendNlbScheme]: "internet-facing" } })],
      verdict: rejectedIngress(text, ofGroup("team-b/api")),
    });
    expect(fieldsOf(text, member("internal"))).toEqual([annotationField(alb.frontendNlbScheme)]);
    expect(fieldsOf(text, member("internet-facing"))).toEqual([annotationField(alb.scheme), ...classFields]);
  });

  it("of texts that ALB and NLB in front share: Ingresses outside the group do not count", () => {
    const text = "conflicting scheme: map[internal:{} internet-facing:{}]";
    const outside = forgedMember({ name: "other", annotations: { [alb.scheme]: "internet-facing" } });
    const parts = { annotations: { ...inGroup, [alb.scheme]: "internal" }, others: [forgedMember({}), outside] };
    const verdict = rejectedIngress(text, ofGroup("team-b/api"));
    expect(fieldsOf(text, { ...parts, verdict })).toEqual([annotationField(alb.frontendNlbScheme)]);
  });

  it("of security groups, their order counts; of subnets it does not", () => {
    const ordered = (key: string): IngressParts => ({
      annotations: { ...inGroup, [key]: "a,b" },
      others: [forgedMember({ annotations: { [key]: "b,a" } })],
      verdict: ofGroup("team-b/api"),
    });
    expect(fieldsOf("conflicting securityGroups: [a b] | [b a]", ordered(alb.securityGroups))).toEqual([
      annotationField(alb.securityGroups),
    ]);
    expect(fieldsOf("conflicting subnets: [a b] | [b a]", ordered(alb.subnets))).toEqual([
      annotationField(alb.frontendNlbSubnets),
    ]);
  });

  it("of members that share a default backend", () => {
    const text = "multiple ingress defined default backend: [shop/web team-b/api]";
    expect(fieldsOf(text, {})).toEqual(["spec.defaultBackend"]);
  });
});

describe("the fields of a fault behind the Ingress", () => {
  const v6 = forgedService({ name: "v6", spec: { ipFamilies: ["IPv4", "IPv6"] } });
  const bare = forgedService({ name: "bare", spec: { type: "ClusterIP", ports: [{ port: 80, targetPort: "http" }] } });
  const services = [forgedService({}), v6, bare];
  const routed = (...names: readonly string[]): Readonly<Record<string, unknown>> => ({
    rules: [
      { host: "a.example.com" },
      { http: { paths: names.map((name) => ({ path: `/${name}`, pathType: "Prefix", backend: to(name) })) } },
    ],
  });
  const to = (name: string, port: string | number = 80): Readonly<Record<string, unknown>> => ({
    service: { name, port: typeof port === "number" ? { number: port } : { name: port } },
  });
  const at = (index: number): string => `spec.rules[1].http.paths[${index}].backend`;

  it.each<[string, string, readonly string[]]>([
    ["families", "unsupported IPv6 configuration, lb not dual-stack", [at(1), annotationField(alb.ipAddressType)]],
    [
      "no node port",
      "TargetGroup port is empty. When using Instance targets, x",
      [at(2), annotationField(alb.targetType)],
    ],
    ["a port that is not there", "unable to find port 80 on service shop/bare", [at(2)]],
    ["a Service that is not there", 'services "v6" not found', [at(1)]],
    [
      "a port without a target",
      "TargetGroup port is empty. Are you using the correct service type?",
      [at(0), at(1), at(2)],
    ],
  ])("%s: the backends that lead there, or all where that is not known", (_name, text, fields) => {
    expect(fieldsOf(`ingress: shop/web: ${text}`, { spec: routed("web", "v6", "bare"), services })).toEqual(fields);
  });

  it("a default backend, whose error comes without the name of the Ingress", () => {
    const text = "unsupported IPv6 configuration, lb not dual-stack";
    const spec = { ...routed("web"), defaultBackend: to("v6") };
    expect(fieldsOf(text, { spec, services })).toEqual(["spec.defaultBackend", annotationField(alb.ipAddressType)]);
  });

  it("an action: the backend that takes it, and the annotation", () => {
    const key = `${alb.actions}.split`;
    const targetGroups = [{ serviceName: "v6", servicePort: 80, weight: 1 }];
    const annotations = { [key]: JSON.stringify({ type: "forward", forwardConfig: { targetGroups } }) };
    const spec = { rules: [{ http: { paths: [{ backend: to("split", "use-annotation") }] } }] };
    const fields = [backend, annotationField(key)];
    const parts = { annotations, spec, services };
    expect(fieldsOf("ingress: shop/web: unsupported IPv6 configuration, lb not dual-stack", parts)).toEqual([
      ...fields,
      annotationField(alb.ipAddressType),
    ]);
    expect(fieldsOf("ingress: shop/web: unknown action type: x", parts)).toEqual(fields);
    expect(fieldsOf("ingress: shop/web: invalid ForwardConfig: weight must be set when", parts)).toEqual(fields);
    expect(fieldsOf("ingress: shop/web: precisely one of TargetGroupArn and ForwardConfig can be", parts)).toEqual(
      fields,
    );
  });

  it("a resource", () => {
    const text = 'ingress: shop/web: missing required "service" field';
    const rules = [
      { http: { paths: [{ backend: to("web") }, { backend: { resource: { kind: "Bucket", name: "a" } } }] } },
    ];
    expect(fieldsOf(text, { spec: { rules } })).toEqual(["spec.rules[0].http.paths[1].backend"]);
  });

  it("a value that a Service states before the Ingress does", () => {
    const text = "ingress: shop/web: unknown targetType: x";
    const stated = (value: string): IngressParts => ({
      services: [forgedService({ annotations: { [alb.targetType]: value } })],
    });
    expect(fieldsOf(text, stated("x"))).toEqual([backend]);
    expect(fieldsOf(text, { ...stated("x"), annotations: { [alb.targetType]: "ip" } })).toEqual([backend]);
    expect(fieldsOf(text, { ...stated("ip"), annotations: { [alb.targetType]: "x" } })).toEqual([
      annotationField(alb.targetType),
    ]);
    expect(
      fieldsOf(`ingress: shop/web: failed to parse stringMap annotation, ${alb.tags}: bad`, {
        services: [forgedService({ annotations: { [alb.tags]: "bad" } })],
      }),
    ).toEqual([backend]);
  });

  it("a path", () => {
    const text = "ingress: shop/web: prefix path shouldn't contain wildcards: /v6";
    expect(fieldsOf(text, { spec: routed("web", "v6"), services })).toEqual(["spec.rules[1].http.paths[1]"]);
  });

  it("a family of annotations: those that there are", () => {
    const annotations = { [`${alb.conditions}.web`]: "[]", [`${alb.transforms}.web`]: "[]" };
    expect(fieldsOf("ingress: shop/web: missing HostHeaderConfig", { annotations })).toEqual([
      annotationField(`${alb.conditions}.web`),
    ]);
    expect(fieldsOf("ingress: shop/web: unknown transform type: x", { annotations })).toEqual([
      annotationField(`${alb.transforms}.web`),
    ]);
  });
});

describe("whose fault it is", () => {
  const others = [forgedMember({ annotations: { [alb.scheme]: "bad" } }), forgedMember({ name: "third" })];
  const verdict = (error: string): Readonly<Record<string, unknown>> =>
    rejectedIngress(error, ofGroup("team-b/api", "team-b/third"));
  const isOthers = (error: string, parts: IngressParts = {}): boolean | undefined =>
    readIngressError(error, forgedIngress({ annotations: inGroup, others, verdict: verdict(error), ...parts }))
      ?.isOthers;

  it("by the Ingresses that the text names", () => {
    expect(isOthers("ingress: team-b/api: unknown targetType: x")).toBe(true);
    expect(isOthers("ingress: shop/web: unknown targetType: x")).toBe(false);
    expect(isOthers("explicit Ingress group order must be within [-1000:1000], Ingress: team-b/api, order: 1001")).toBe(
      true,
    );
    expect(
      isOthers(
        "failed to merge listenPort config for port: 80: conflicting protocol, team-b/api: HTTP | team-b/third: HTTPS",
      ),
    ).toBe(true);
    expect(
      isOthers(
        "failed to merge listenPort config for port: 80: conflicting protocol, team-b/api: HTTP | shop/web: HTTPS",
      ),
    ).toBe(false);
    expect(isOthers("multiple ingress defined default backend: [team-b/api team-b/third]")).toBe(true);
  });

  it("by who states the value", () => {
    expect(isOthers("unknown scheme: bad")).toBe(true);
    expect(isOthers("unknown scheme: bad", { annotations: { ...inGroup, [alb.scheme]: "bad" } })).toBe(false);
    const params = { spec: { ingressClassName: "with-params" }, params: { scheme: "bad" } };
    expect(isOthers("unknown scheme: bad", params)).toBe(false);
  });

  it("by who states this value, where the text tells it", () => {
    const text = `failed to parse stringMap annotation, ${alb.tags}: bad`;
    const parts = { others: [forgedMember({ annotations: { [alb.tags]: "bad" } })] };
    const own = (value: string): IngressParts => ({ ...parts, annotations: { ...inGroup, [alb.tags]: value } });
    expect(isOthers(text, parts)).toBe(true);
    expect(isOthers(text, own("a=b"))).toBe(true);
    expect(isOthers(text, own(""))).toBe(true);
    expect(isOthers(text, own("bad"))).toBe(false);
  });

  it("of two members that disagree both are parties, of three the one that states something", () => {
    const text = "conflicting frontend NLB attributes: a";
    const parts = { others: [forgedMember({ annotations: { [alb.frontendNlbAttributes]: "a=1" } })] };
    const two = { ...parts, verdict: rejectedIngress(text, ofGroup("team-b/api")) };
    expect(isOthers(text, two)).toBe(false);
    expect(isOthers(text, { others: [...parts.others, forgedMember({ name: "third" })] })).toBe(true);
  });

  it("by who alone makes the controller look at it", () => {
    const text = "conflicting subnets: [a] | [b]";
    const of = (subnets: string): readonly Readonly<Record<string, unknown>>[] => [
      forgedMember({ annotations: { [alb.frontendNlbSubnets]: "a" } }),
      forgedMember({ name: "third", annotations: { [alb.frontendNlbSubnets]: subnets } }),
    ];
    const annotations = { ...inGroup, [alb.enableFrontendNlb]: "true" };
    const parts = { annotations, others: of("b") };
    expect(isOthers(text, parts)).toBe(false);
    expect(fieldsOf(text, { ...parts, verdict: verdict(text) })).toEqual(
      [alb.frontendNlbSubnets, alb.enableFrontendNlb].map(annotationField),
    );
    expect(isOthers(text, { others: of("b") })).toBe(true);
    const too = forgedMember({ name: "fourth", annotations: { [alb.enableFrontendNlb]: "true" } });
    const four = rejectedIngress(text, ofGroup("team-b/api", "team-b/third", "team-b/fourth"));
    expect(isOthers(text, { annotations, others: [...of("b"), too], verdict: four })).toBe(true);
    const rules = "conflicting manage backend security group rules settings";
    const named = { annotations: { ...inGroup, [alb.securityGroups]: "sg-1" } };
    const managed = (value: string, name: string): Readonly<Record<string, unknown>> =>
      forgedMember({ name, annotations: { [alb.manageBackendSecurityGroupRules]: value } });
    expect(isOthers(rules, { ...named, others: [managed("true", "api"), managed("false", "third")] })).toBe(false);
  });

  it("a default backend is that of the member that has one", () => {
    const text = "unable to find port 81 on service team-b/api";
    const defaultBackend = { service: { name: "api", port: { number: 81 } } };
    expect(isOthers(text, { others: [forgedMember({ spec: { defaultBackend } })] })).toBe(true);
    expect(isOthers(text, { spec: { defaultBackend } })).toBe(false);
    expect(isOthers(text)).toBe(false);
  });

  it("an Ingress that leaves the group is never the one that is judged", () => {
    expect(isOthers("deletion_protection is enabled, cannot delete the ingress: web")).toBe(true);
    expect(isOthers('strconv.ParseBool: parsing "x": invalid syntax')).toBe(true);
  });

  it("what keeps a class or a group from being found is the Ingress' own fault; what keeps the group from being loaded is not", () => {
    const own = 'invalid ingress class: ingressclasses.networking.k8s.io "x" not found';
    const defaultBackend = { service: { name: "api", port: { number: 81 } } };
    expect(isOthers(own, { verdict: notLoaded(own), others: [forgedMember({ spec: { defaultBackend } })] })).toBe(
      false,
    );
    const text = `Ingress: team-b/api: Ingress has invalid IngressClass configuration: ${own}`;
    expect(
      isOthers(text, { verdict: rejectedIngress(text, { stage: "load", groupID: "g1", groupMembers: undefined }) }),
    ).toBe(true);
  });

  it("a fault of others may be told at what makes this Ingress a member", () => {
    const given = forgedIngress({ annotations: inGroup, others, verdict: verdict("unknown scheme: bad") });
    expect(readIngressError("unknown scheme: bad", given)?.fields).toEqual([
      annotationField(alb.scheme),
      annotationField(alb.groupName),
      ...classFields,
    ]);
  });

  it("Ingresses outside the group do not count", () => {
    const text = "unknown scheme: bad";
    expect(isOthers(text, { verdict: rejectedIngress(text, ofGroup("team-b/third")) })).toBe(false);
  });
});

describe("what only AWS, or an object that a webhook is not shown, can tell", () => {
  const list = "failed to list subnets by names or IDs: couldn't find all subnets, want: [x], found: []";
  const few = "subnets count less than minimal required count: 1 < 2";
  const none = "unable to resolve at least one subnet. Evaluated 0 subnets: 0 are tagged";
  const noIPv6 =
    "subnets [x] do not have an associated IPv6 CIDR block, which is required for dualstack load balancers";
  const noneIPv6 =
    "couldn't auto-discover subnets: unable to resolve at least one subnet. Evaluated 3 subnets: 3 don't have an associated IPv6 CIDR block";
  const groups = "couldn't find all security groups: requested ids [x] but found []";
  const eips = "count of EIP allocations (2) and subnets (3) must match";
  const host = "ingress: shop/web: no certificate found for host: a.example.org";
  const secret = 'ingress: shop/web: secrets "oidc" not found';
  const store = "ingress: shop/web: couldn't find trust store with name: x";
  const targets = 'ingress: shop/web: target group "x" not found';
  const on = (key: string, value: string): IngressParts => ({ annotations: { [key]: value } });
  const byParams = (subnets: Readonly<Record<string, unknown>>): IngressParts => ({
    spec: { ingressClassName: "with-params" },
    params: { subnets },
  });
  const tagged = byParams({ tags: { Name: ["a"] } });
  const twoEips = { [alb.frontendNlbEipAllocations]: "a,b" };
  const oidc = (secretName: string): string => JSON.stringify({ secretName });

  it.each<[string, string, IngressParts, Property | undefined]>([
    ["subnets by name", list, on(alb.subnets, "a,a"), "names-subnets"],
    ["subnets by id", list, on(alb.subnets, "subnet-a,subnet-b"), "names-subnets"],
    ["subnets of the NLB in front", list, on(alb.frontendNlbSubnets, "subnet-a"), "names-subnets"],
    ["subnets of the class", list, byParams({ ids: ["subnet-a", "subnet-b"] }), "names-subnets"],
    ["one id twice", list, on(alb.subnets, "subnet-a,subnet-a"), undefined],
    ["no item", "unable to resolve at least one subnet", on(alb.subnets, "a"), undefined],
    ["too few, unless they are in a Local Zone", few, on(alb.subnets, "subnet-a"), "names-subnets"],
    ["too few of the class", few, byParams({ ids: ["subnet-a"] }), "names-subnets"],
    ["too few by tags", few, tagged, "subnets-by-tags"],
    ["too few of those that are found", few, {}, undefined],
    ["subnets by tags", none, tagged, "subnets-by-tags"],
    ["no tags", none, {}, undefined],

    ["IPv6 of named subnets", noIPv6, on(alb.subnets, "a"), "ipv6-of-named-subnets"],
    ["IPv6 of tagged subnets", noIPv6, tagged, "ipv6-of-named-subnets"],
    [
      "IPv6 of subnets, none of which has it",
      noIPv6,
      { ...on(alb.subnets, "a"), world: { subnetsIPv6: false } },
      undefined,
    ],
    ["IPv6 of subnets that are found", noneIPv6, { world: { subnetsIPv6: false } }, undefined],
    ["IPv6 of those that a class chooses by tags", noneIPv6, tagged, "subnets-by-tags"],

    ["security groups", groups, on(alb.securityGroups, "sg-1,web"), "names-security-groups"],
    ["security groups of the NLB in front", groups, on(alb.frontendNlbSecurityGroups, "web"), "names-security-groups"],
    ["one security group twice", groups, on(alb.securityGroups, "sg-1,sg-1"), undefined],

    ["as many addresses as subnets are found", eips, { annotations: twoEips }, undefined],
    ["as ids are given", eips, { annotations: { ...twoEips, [alb.frontendNlbSubnets]: "subnet-a" } }, undefined],
    ["as names stand for", eips, { annotations: { ...twoEips, [alb.frontendNlbSubnets]: "a" } }, "names-subnets"],
    ["as tags stand for", eips, { ...tagged, annotations: twoEips }, "subnets-by-tags"],
    [
      "as have IPv6",
      eips,
      { annotations: { ...twoEips, [alb.ipAddressType]: "dualstack" }, world: { subnetsIPv6: "partial" } },
      "some-subnets-have-ipv6",
    ],
    ["of which none needs IPv6", eips, { annotations: twoEips, world: { subnetsIPv6: "partial" } }, undefined],
    [
      "as the load balancer has",
      eips,
      { annotations: twoEips, world: { existingScheme: "internal" } },
      "subnets-of-existing-load-balancer",
    ],
    [
      "none at all",
      eips,
      { annotations: { [alb.frontendNlbEipAllocations]: "" }, world: { existingScheme: "internal" } },
      undefined,
    ],

    ["a certificate by host", host, on(alb.listenPorts, '[{"HTTPS":443}]'), "certificates-by-host"],
    [
      "a certificate that is named",
      host,
      { annotations: { [alb.listenPorts]: '[{"HTTPS":443}]', ...certificate } },
      undefined,
    ],
    [
      "a certificate of the class",
      host,
      {
        ...on(alb.listenPorts, '[{"HTTPS":443}]'),
        spec: { ingressClassName: "with-params" },
        params: { certificateArn: ["a"] },
      },
      undefined,
    ],
    ["no HTTPS", host, on(alb.listenPorts, '[{"HTTP":80}]'), undefined],
    ["a Secret", secret, on(alb.authIdpOidc, oidc("oidc")), "names-a-secret"],
    [
      "a Secret that a Service names",
      secret,
      { services: [forgedService({ annotations: { [alb.authIdpOidc]: oidc("oidc") } })] },
      "names-a-secret",
    ],
    [
      "what a Secret lacks",
      "ingress: shop/web: missing clientID, secret: shop/oidc",
      on(alb.authIdpOidc, oidc("oidc")),
      "names-a-secret",
    ],
    ["no Secret", secret, on(alb.authIdpOidc, oidc("")), undefined],
    [
      "a trust store",
      store,
      on(alb.mutualAuthentication, '[{"port":443,"mode":"verify","trustStore":"x"}]'),
      "names-a-trust-store",
    ],
    ["no trust store", store, on(alb.mutualAuthentication, '[{"port":443,"mode":"verify"}]'), undefined],
    ["a web ACL", "Unable to find web acl named x", on(alb.wafv2AclName, "x"), "names-a-web-acl"],
    ["no web ACL", "Unable to find web acl named x", {}, undefined],
    [
      "a target group by name",
      targets,
      {
        annotations: { [`${alb.actions}.a`]: '{"type":"forward","targetGroupName":"x"}' },
        spec: { defaultBackend: { service: { name: "a", port: { name: "use-annotation" } } } },
      },
      "names-a-target-group",
    ],
    ["no target group", targets, {}, undefined],
  ])("%s: %s", (_name, text, parts, property) => {
    expect(readIngressError(text, forgedIngress(parts))?.excuse).toBe(property);
  });

  it("a property excuses no error that the object decides", () => {
    const annotations = { [alb.subnets]: "a", [alb.securityGroups]: "web", [alb.listenPorts]: '[{"HTTPS":443}]' };
    expect(readIngressError("unknown IPAddressType: x", forgedIngress({ annotations }))?.excuse).toBeUndefined();
  });
});

it("knows no other text, and none by a part of it", () => {
  for (const text of ["", "it was an unknown scheme: x", "ingress: shop/web: ", "ingress: shop/web: unheard of"]) {
    expect(readIngressError(text, forgedIngress({}))).toBeUndefined();
  }
});

function fieldsOf(text: string, parts: IngressParts): readonly string[] | undefined {
  return readIngressError(text, forgedIngress(parts))?.fields;
}
