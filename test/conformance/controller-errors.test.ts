import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { annotationField } from "../../src/decision/rule.ts";
import { namesOneOf } from "./comparison.ts";
import { readError } from "./controller-errors.ts";
import { forgedCase } from "./forged.ts";
import type { Parts } from "./forged.ts";
import type { Property } from "./undecidable.ts";

describe("the fields of which a right rule names one", () => {
  it.each<[string, readonly string[]]>([
    [`failed to parse bool annotation, ${nlb.internal}: yes: strconv.ParseBool: parsing "yes"`, [nlb.internal]],
    [`failed to parse int32 annotation, ${nlb.healthcheckInterval}: : strconv`, [nlb.healthcheckInterval]],
    [
      `failed to parse stringMap annotation, ${nlb.targetGroupAttributes}.80: a: 1`,
      [`${nlb.targetGroupAttributes}.80`],
    ],
    [`failed to parse json annotation, ${nlb.actions}.TCP-80: {: unexpected end`, [`${nlb.actions}.TCP-80`]],
    ["unknown scheme: ", [nlb.scheme]],
    ["unknown IPAddressType: IPv4", [nlb.ipAddressType]],
    ["Invalid enable-prefix-for-ipv6-source-nat value: ON. Valid values are", [nlb.enablePrefixForIpv6SourceNat]],
    [
      "enable-prefix-for-ipv6-source-nat annotation is only applicable to Network Load Balancers using Dualstack IP address type.",
      [nlb.enablePrefixForIpv6SourceNat, nlb.ipAddressType],
    ],
    [
      "To enable prefix for source NAT, all associated subnets must have an IPv6 CIDR. Subnets without IPv6 CIDR: [a].",
      [nlb.enablePrefixForIpv6SourceNat, nlb.ipAddressType, nlb.subnets],
    ],
    [
      "source-nat-ipv6-prefixes annotation can only be set for Network Load Balancers using Dualstack IP address type.",
      [nlb.sourceNatIpv6Prefixes, nlb.ipAddressType],
    ],
    [
      "source-nat-ipv6-prefixes annotation is only applicable if enable-prefix-for-ipv6-source-nat annotation is set to on.",
      [nlb.sourceNatIpv6Prefixes, nlb.enablePrefixForIpv6SourceNat],
    ],
    ["Number of values in source-nat-ipv6-prefixes (1) must match", [nlb.sourceNatIpv6Prefixes, nlb.subnets]],
    ["Invalid value in source-nat-ipv6-prefixes: x.", [nlb.sourceNatIpv6Prefixes]],
    [
      "EIP allocations can only be set for internet facing load balancers",
      [nlb.eipAllocations, nlb.scheme, nlb.internal],
    ],
    ["count of EIP allocations (3) and subnets (2) must match", [nlb.eipAllocations, nlb.subnets]],
    [
      "private IPv4 addresses can only be set for internal load balancers",
      [nlb.privateIpv4Addresses, nlb.scheme, nlb.internal],
    ],
    ["count of private IPv4 addresses (0) and subnets (3) must match", [nlb.privateIpv4Addresses, nlb.subnets]],
    ["private IPv4 addresses must be valid IPv4 address: ::1", [nlb.privateIpv4Addresses]],
    ["expect one private IPv4 address configured for subnet: a", [nlb.privateIpv4Addresses]],
    ["IPv6 addresses can only be set for dualstack load balancers", [nlb.ipv6Addresses, nlb.ipAddressType]],
    ["count of IPv6 addresses (0) and subnets (3) must match", [nlb.ipv6Addresses, nlb.subnets]],
    ["IPv6 addresses must be valid IP address: foo", [nlb.ipv6Addresses]],
    ["expect one IPv6 address configured for subnet: a", [nlb.ipv6Addresses]],
    ["conflicting security groups configuration", [nlb.disableNlbSg, nlb.securityGroups]],
    [
      "backendSG feature is required to manage worker node SG rules when frontendSG is manually specified",
      [nlb.manageBackendSecurityGroupRules, nlb.securityGroups],
    ],
    ["couldn't find all security groups: requested names [x] but found []", [nlb.securityGroups]],
    [
      "Invalid value for securityGroupsInboundRulesOnPrivateLink status: On, value",
      [nlb.inboundSgRulesOnPrivateLinkTraffic],
    ],
    ["load balancer name cannot be longer than 32 characters", [nlb.name]],
    ["external managed tag key a b cannot be specified on Service", [nlb.additionalResourceTags]],
    ["invalid dns_record.client_routing_policy set in annotation aws-load-balancer-attributes: got", [nlb.attributes]],
    ["invalid key to set the capacity: x, Expected key: CapacityUnits", [nlb.minimumLoadBalancerCapacity]],
    ["invalid value to set the capacity: 1.5: strconv", [nlb.minimumLoadBalancerCapacity]],
    ["deletion_protection is enabled, cannot delete the service: web", [nlb.attributes]],
    ['strconv.ParseBool: parsing "yes": invalid syntax', [nlb.attributes]],
    ["subnets [a b] do not have an associated IPv6 CIDR block, which is", [nlb.ipAddressType, nlb.subnets]],
    [
      "unable to resolve at least one subnet. Evaluated 3 subnets: 0 are tagged for other clusters, 0 have insufficient available IP addresses, and 3 don't have an associated IPv6 CIDR block, which is required for dualstack load balancers",
      [nlb.ipAddressType],
    ],
    ["unable to resolve at least one subnet", [nlb.subnets]],
    ["failed to list subnets by names or IDs: couldn't find all subnets, missing names: [a]", [nlb.subnets]],
    ["multiple subnets in same Availability Zone us-west-2a: [a b]", [nlb.subnets]],
    ["subnets in multiple locales: [availability-zone local-zone]", [nlb.subnets]],
    ["invalid value 80\n for Load Balancer proxy protocol v2 annotation, only", [nlb.proxyProtocol]],
    ["invalid port number in proxy-protocol-per-target-group: http", [nlb.proxyProtocolPerTargetGroup]],
    ["unsupported health check protocol udp", [nlb.healthcheckProtocol]],
    ["failed to resolve healthCheckPort: unable to find port  on service shop/web", [nlb.healthcheckPort]],
    ["Unsupported QUIC upgrade for protocol TLS", [nlb.quicEnabledPorts, nlb.sslPorts, nlb.sslCert]],
    ["Unused port in ssl-ports annotation [8443]", [nlb.sslPorts]],
    ["invalid ALPN policy , policy must be one of", [nlb.alpnPolicy]],
  ])("%s", (text, keys) => {
    expect(readError(text, forgedCase({}))?.fields).toEqual(keys.map(annotationField));
  });

  it.each<[string, readonly string[]]>([
    ["unsupported IPv6 configuration, lb not dual-stack", ["spec.ipFamilies", annotationField(nlb.ipAddressType)]],
    [
      'unsupported service type "ClusterIP" for load balancer target type "instance"',
      ["spec.type", annotationField(nlb.targetType), annotationField(nlb.type)],
    ],
    [
      "unable to support instance target type with an unallocated NodePort",
      ["spec.ports", "spec.allocateLoadBalancerNodePorts", annotationField(nlb.targetType)],
    ],
    ["TargetGroup port is empty. Are you using the correct service type?", ["spec.ports"]],
    [
      "TargetGroup port is empty. When using Instance targets, your service be must of type 'NodePort' or 'LoadBalancer'",
      ["spec.ports", "spec.allocateLoadBalancerNodePorts", annotationField(nlb.targetType)],
    ],
    [
      "cannot use named healthCheckPort for IP TargetType when service's targetPort is a named port",
      ["spec.ports", annotationField(nlb.healthcheckPort), annotationField(nlb.targetType)],
    ],
    ["Unsupported QUIC upgrade for protocol TCP", ["spec.ports", annotationField(nlb.quicEnabledPorts)]],
    ["can only merge two ports, not 3 ([…])", ["spec.ports", annotationField(nlb.enableTcpUdpListener)]],
    ["unsupported protocol for merging: SCTP", ["spec.ports", annotationField(nlb.enableTcpUdpListener)]],
    ["protocols can't match for merging: TCP", ["spec.ports", annotationField(nlb.enableTcpUdpListener)]],
  ])("%s", (text, fields) => {
    expect(readError(text, forgedCase({}))?.fields).toEqual(fields);
  });

  it("of an address range: the list that counts", () => {
    const text = "unsupported v6 cidr ::/0 when lb is not dualstack";
    const annotations = { [nlb.loadBalancerSourceRanges]: "::/0" };
    const spec = { loadBalancerSourceRanges: ["::/0"] };
    const type = annotationField(nlb.ipAddressType);
    expect(fieldsOf(text, { annotations, spec })).toEqual(["spec.loadBalancerSourceRanges", type]);
    expect(fieldsOf(text, { annotations })).toEqual([annotationField(nlb.loadBalancerSourceRanges), type]);
    const lines = "unsupported v6 cidr 10.0.0.0/8\n::/0 when lb is not dualstack";
    expect(fieldsOf(lines, { annotations })).toEqual([annotationField(nlb.loadBalancerSourceRanges), type]);
  });

  it("of a target type that is switched off: the type annotation only where there is one", () => {
    const text = "unsupported targetType: ip when EnableIPTargetType is false";
    expect(fieldsOf(text, {})).toEqual([annotationField(nlb.targetType)]);
    expect(fieldsOf(text, { annotations: { [nlb.type]: "nlb-ip" } })).toEqual(
      [nlb.targetType, nlb.type].map(annotationField),
    );
  });

  it("of client IP preservation: the annotation that has the value", () => {
    const text =
      'failed to parse attribute preserve_client_ip.enabled=bad: strconv.ParseBool: parsing "bad": invalid syntax';
    const [base, own] = [nlb.targetGroupAttributes, `${nlb.targetGroupAttributes}.80`];
    const annotations = { [base]: "preserve_client_ip.enabled=true", [own]: "preserve_client_ip.enabled = bad" };
    expect(fieldsOf(text, { annotations })).toEqual([annotationField(own)]);
  });

  it.each([
    "unable to find port 81 on service shop/web-v2",
    'services "web-v2" not found',
    "unknown action type: redirect",
    "invalid ForwardConfig: base service weight is required",
    "panic: runtime error: invalid memory address or nil pointer dereference",
  ])("of an action: %s", (text) => {
    const annotations = { [`${nlb.actions}.TCP-80`]: "{}" };
    expect(fieldsOf(text, { annotations })).toEqual([annotationField(`${nlb.actions}.TCP-80`)]);
  });

  it("knows no other text, and none by a part of it", () => {
    expect(readError("", forgedCase({}))).toBeUndefined();
    expect(readError("it was an unknown scheme: x", forgedCase({}))).toBeUndefined();
  });
});

describe("what only AWS, or another object, can tell", () => {
  const ids = "failed to list subnets by names or IDs: couldn't find all subnets, want: [x], found: []";
  const noIPv6 =
    "subnets [x] do not have an associated IPv6 CIDR block, which is required for dualstack load balancers";
  const eipCount = "count of EIP allocations (2) and subnets (3) must match";
  const privateOutside = "expect one private IPv4 address configured for subnet: x";
  const ipv6Outside = "expect one IPv6 address configured for subnet: x";
  const prefixOutside = "Invalid value in source-nat-ipv6-prefixes: x. Value must be within subnet CIDR range: [x].";
  const noGroups = "couldn't find all security groups: requested ids [x] but found []";
  const noPort = "unable to find port 81 on service shop/web-v2";
  const dualstack = { [nlb.ipAddressType]: "dualstack" };
  const partial = { subnetsIPv6: "partial" };
  const existing = { existingScheme: "internal" };
  const forward = (service: string): Readonly<Record<string, string>> => ({
    [`${nlb.actions}.TCP-80`]: JSON.stringify({ forwardConfig: { targetGroups: [{ serviceName: service }] } }),
  });

  it.each<[string, string, Parts, Property | undefined]>([
    ["names", ids, { annotations: { [nlb.subnets]: "a,a" } }, "names-subnets"],
    ["ids", ids, { annotations: { [nlb.subnets]: "subnet-a,subnet-b" } }, "names-subnets"],
    ["one id twice", ids, { annotations: { [nlb.subnets]: "subnet-a,b,subnet-a" } }, undefined],
    ["no item", "unable to resolve at least one subnet", { annotations: { [nlb.subnets]: "a" } }, undefined],

    ["named subnets", noIPv6, { annotations: { ...dualstack, [nlb.subnets]: "a" } }, "ipv6-of-named-subnets"],
    [
      "named subnets, none with IPv6 by the profile",
      noIPv6,
      { annotations: { ...dualstack, [nlb.subnets]: "a" }, world: { subnetsIPv6: false } },
      undefined,
    ],
    [
      "some with IPv6",
      noIPv6,
      { annotations: dualstack, world: { ...partial, ...existing } },
      "some-subnets-have-ipv6",
    ],
    ["none with IPv6", noIPv6, { annotations: dualstack, world: { subnetsIPv6: false, ...existing } }, undefined],
    ["all with IPv6", noIPv6, { annotations: dualstack, world: existing }, undefined],

    ["a count, all found", eipCount, { annotations: { ...dualstack, [nlb.eipAllocations]: "a,b" } }, undefined],
    [
      "a count that some may have",
      eipCount,
      { annotations: { ...dualstack, [nlb.eipAllocations]: "a,b" }, world: partial },
      "some-subnets-have-ipv6",
    ],
    [
      "the same of an IPv4 load balancer, which needs none",
      eipCount,
      { annotations: { [nlb.eipAllocations]: "a,b" }, world: partial },
      undefined,
    ],
    [
      "more than there are",
      eipCount,
      { annotations: { ...dualstack, [nlb.eipAllocations]: "a,b,c,d" }, world: partial },
      undefined,
    ],
    ["none at all", eipCount, { annotations: { ...dualstack, [nlb.eipAllocations]: "," }, world: partial }, undefined],
    [
      "a count of named subnets",
      eipCount,
      {
        annotations: { ...dualstack, [nlb.eipAllocations]: "a,b", [nlb.subnets]: "a" },
        world: { ...partial, ...existing },
      },
      undefined,
    ],
    [
      "a count on a load balancer that exists",
      eipCount,
      { annotations: { [nlb.eipAllocations]: "a,b" }, world: existing },
      "subnets-of-existing-load-balancer",
    ],
    ["none on one that exists", eipCount, { annotations: { [nlb.eipAllocations]: "" }, world: existing }, undefined],
    [
      "on one that will be replaced",
      eipCount,
      { annotations: { [nlb.eipAllocations]: "a,b", [nlb.scheme]: "internet-facing" }, world: existing },
      undefined,
    ],

    [
      "addresses",
      privateOutside,
      { annotations: { [nlb.privateIpv4Addresses]: "10.0.0.5,10.0.0.17" } },
      "gives-addresses",
    ],
    [
      "two in one /28",
      privateOutside,
      { annotations: { [nlb.privateIpv4Addresses]: "10.0.0.16,10.0.0.31" } },
      undefined,
    ],
    ["of another annotation", privateOutside, { annotations: { [nlb.ipv6Addresses]: "2001:db8::1" } }, undefined],
    ["IPv6", ipv6Outside, { annotations: { [nlb.ipv6Addresses]: "2001:db8:0:1::1,2001:db8::1" } }, "gives-addresses"],
    [
      "two in one /64",
      ipv6Outside,
      { annotations: { [nlb.ipv6Addresses]: "2001:db8::1,2001:db8:0:0:f::" } },
      undefined,
    ],
    ["IPv4-mapped", ipv6Outside, { annotations: { [nlb.ipv6Addresses]: "::ffff:10.0.0.5" } }, undefined],
    ["with a zone", ipv6Outside, { annotations: { [nlb.ipv6Addresses]: "2001:db8::1%eth0" } }, undefined],
    [
      "prefixes",
      prefixOutside,
      { annotations: { [nlb.sourceNatIpv6Prefixes]: "auto_assigned,2001:db8::/80,auto_assigned" } },
      "gives-addresses",
    ],
    [
      "one prefix twice",
      prefixOutside,
      { annotations: { [nlb.sourceNatIpv6Prefixes]: "2001:db8::/80,2001:db8::/80" } },
      undefined,
    ],
    [
      "a prefix that is none",
      "Invalid value in source-nat-ipv6-prefixes: 2001:db8::/64. Prefix length must be 80, but 64 is specified.",
      { annotations: { [nlb.sourceNatIpv6Prefixes]: "2001:db8::/64" } },
      undefined,
    ],

    ["groups", noGroups, { annotations: { [nlb.securityGroups]: "sg-1,web,web" } }, "names-security-groups"],
    ["one group twice", noGroups, { annotations: { [nlb.securityGroups]: "sg-1,sg-1" } }, undefined],

    ["another Service", noPort, { annotations: forward("web-v2") }, "names-another-service"],
    [
      "another Service, its name in another case",
      noPort,
      { annotations: { [`${nlb.actions}.TCP-80`]: '{"ForwardConfig":{"targetgroups":[{"SERVICENAME":"web-v2"}]}}' } },
      "names-another-service",
    ],
    ["itself", "unable to find port 81 on service shop/web", { annotations: forward("web-v2") }, undefined],
    ["no other", noPort, { annotations: forward("web") }, undefined],
    ["no readable action", noPort, { annotations: { [`${nlb.actions}.TCP-80`]: "{" } }, undefined],
    [
      "the families of another Service",
      "unsupported IPv6 configuration, lb not dual-stack",
      { annotations: forward("web-v2") },
      "names-another-service",
    ],
    [
      "its own families",
      "unsupported IPv6 configuration, lb not dual-stack",
      { annotations: forward("web-v2"), spec: { ipFamilies: ["IPv4", "IPv6"] } },
      undefined,
    ],
  ])("%s: %s", (_name, text, parts, property) => {
    expect(readError(text, forgedCase(parts))?.excuse).toBe(property);
  });

  it("a property excuses no error that the object decides", () => {
    const annotations = { ...forward("web-v2"), [nlb.subnets]: "a", [nlb.securityGroups]: "sg-1", ...dualstack };
    expect(readError("unknown scheme: x", forgedCase({ annotations, world: { ...partial, ...existing } }))).toEqual({
      fields: [annotationField(nlb.scheme)],
      excuse: undefined,
    });
  });
});

describe("namesOneOf", () => {
  it.each([
    ["spec.ports", true],
    ["spec.ports[1]", true],
    ["spec.ports[1].nodePort", true],
    ["spec.portsOfCall", false],
    ["spec", false],
  ])("%s", (field, named) => {
    expect(namesOneOf(["spec.type", "spec.ports"], field)).toBe(named);
  });
});

function fieldsOf(text: string, parts: Parts): readonly string[] | undefined {
  return readError(text, forgedCase(parts))?.fields;
}
