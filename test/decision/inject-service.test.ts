import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { ignoreLoadBalancer } from "../../src/annotations/gardener.ts";
import { injectionWarnings } from "../../src/decision/messages.ts";
import { decided, injected, leftOut, publicDualStack, publicService } from "../support/decisions.ts";
import { service } from "../support/subjects.ts";
import type { ObjectParts } from "../support/subjects.ts";

const lbClass = "spec.loadBalancerClass";
const provisioned = { status: { loadBalancer: { ingress: [{ hostname: "old.elb.amazonaws.com" }] } } };
const claimed = { spec: { loadBalancerClass: "service.k8s.aws/nlb" } };

function create(parts: ObjectParts, policy: object = publicDualStack, profile = {}) {
  return decided(service(parts, { phase: "mutating" }), { policy: { ...policy }, profile });
}

function update(old: ObjectParts, parts: ObjectParts, policy: object = publicDualStack, profile = {}) {
  return decided(service(parts, { phase: "mutating", old }), { policy: { ...policy }, profile });
}

const allValues = {
  [lbClass]: "service.k8s.aws/nlb",
  [nlb.scheme]: "internet-facing",
  [nlb.targetType]: "ip",
  [nlb.ipAddressType]: "dualstack",
};

describe("a Service that asks for its first load balancer", () => {
  it("gets the claim and every value of the policy", () => {
    expect(injected(create({}))).toEqual(allValues);
  });

  it("gets them when an update turns it into a LoadBalancer", () => {
    expect(injected(update({ spec: { type: "ClusterIP" } }, {}))).toEqual(allValues);
  });

  it("gets the same whatever note of injections its author made up", () => {
    const bounds = { scheme: { allowed: ["internet-facing"] }, targetType: { allowed: ["instance"] } };
    const values = { loadBalancerClass: { default: "service.k8s.aws/nlb" }, ipAddressType: { default: "dualstack" } };
    const policy = { service: { ...values, ...bounds } };
    const annotations = {
      "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
      "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "true",
    };
    const note = { "dualstack.dev/injected": `policy=test; keys=${nlb.scheme},${nlb.targetType}` };
    const profile = { ipFamily: "ipv4", subnetsHaveIPv6: undefined, controllers: undefined };
    const plain = create({ annotations }, policy, profile);
    expect(injected(plain)).toEqual({ [lbClass]: "service.k8s.aws/nlb", [nlb.ipAddressType]: "dualstack" });
    expect(injected(create({ annotations: { ...annotations, ...note } }, policy, profile))).toEqual(injected(plain));
  });

  it("gets nothing while it is of another type", () => {
    expect(create({ spec: { type: "NodePort" } })).toMatchObject({ untouched: "not-ours", injections: [] });
  });

  it("keeps its own class, and gets the rest where that class is the AWS controller's", () => {
    const { [lbClass]: _claim, ...rest } = allValues;
    expect(injected(create(claimed))).toEqual(rest);
  });

  it("gets nothing where its class is another controller's", () => {
    expect(injected(create({ spec: { loadBalancerClass: "metallb.example/lb" } }))).toEqual({});
  });

  it("is not claimed where its type annotation has chosen the in-tree controller, and gets nothing", () => {
    expect(injected(create({ annotations: { [nlb.type]: "nlb" } }))).toEqual({});
  });

  it("is not claimed by an empty type annotation either: it is written", () => {
    expect(injected(create({ annotations: { [nlb.type]: "" } }))).toEqual({});
  });

  it("gets the target type that completes its type annotation `external`, and with it the rest", () => {
    const { [lbClass]: _claim, ...rest } = allValues;
    expect(injected(create({ annotations: { [nlb.type]: "external" } }))).toEqual(rest);
  });

  it("is left to nobody where it wrote a target type that does not complete `external`", () => {
    expect(injected(create({ annotations: { [nlb.type]: "external", [nlb.targetType]: "IP" } }))).toEqual({});
  });
});

describe("a value that the author wrote", () => {
  it.each([
    ["scheme", { [nlb.scheme]: "internal" }, nlb.scheme],
    ["an empty scheme", { [nlb.scheme]: "" }, nlb.scheme],
    ["the old internal annotation", { [nlb.internal]: "true" }, nlb.scheme],
    ["an empty internal annotation of a claimed Service", { [nlb.internal]: "" }, nlb.scheme],
    ["the target type", { [nlb.targetType]: "instance" }, nlb.targetType],
    ["the address type", { [nlb.ipAddressType]: "ipv4" }, nlb.ipAddressType],
  ])("%s stands", (_name, annotations, target) => {
    const decision = create({ ...claimed, annotations });
    expect(injected(decision)).not.toHaveProperty([target]);
    expect(leftOut(decision)).toMatchObject({ [target]: "written" });
  });

  it("nlb-ip has written the target type", () => {
    expect(injected(create({ annotations: { [nlb.type]: "nlb-ip" } }))).toEqual({
      [nlb.scheme]: "internet-facing",
      [nlb.ipAddressType]: "dualstack",
    });
  });
});

describe("the claim", () => {
  const byAnnotation = { service: { claim: "TypeAnnotation", targetType: { default: "instance" } } };

  it("by annotation sets type and target type together", () => {
    expect(injected(create({}, byAnnotation))).toEqual({ [nlb.type]: "external", [nlb.targetType]: "instance" });
  });

  it("by annotation takes the author's valid target type", () => {
    expect(injected(create({ annotations: { [nlb.targetType]: "ip" } }, byAnnotation))).toEqual({
      [nlb.type]: "external",
    });
  });

  it("by annotation is left out where the author's target type would make nobody the owner", () => {
    const decision = create({ annotations: { [nlb.targetType]: "IP" } }, byAnnotation);
    expect(injected(decision)).toEqual({});
    expect(injectionWarnings(decision)).toEqual([
      `metadata.annotations[…/aws-load-balancer-type] "external" was left out: ${nlb.targetType} is "IP", and without ip or instance no controller would take the Service`,
    ]);
  });

  it("by annotation is left out where its own target type would be refused, though the in-tree one builds it public", () => {
    const ip = { service: { claim: "TypeAnnotation", targetType: { default: "ip" } } };
    const decision = create({}, ip, { overlayNetwork: true });
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({ [nlb.type]: "rule", [nlb.targetType]: "rule" });
    expect(injected(create({}, ip, { overlayNetwork: false }))).toMatchObject({ [nlb.type]: "external" });
    const both = { service: { ...ip.service, ipAddressType: { default: "dualstack" } } };
    const parts = { spec: { ipFamilies: ["IPv4", "IPv6"] } };
    expect(injected(create(parts, both, { overlayNetwork: true }))).toEqual({});
  });

  it("is left out where the controller's own defaults would not go with what the in-tree one serves well", () => {
    const proxied = { [nlb.proxyProtocol]: "*" };
    const byClass = { service: { loadBalancerClass: { default: "service.k8s.aws/nlb" } } };
    const decision = create({ annotations: proxied, spec: { externalTrafficPolicy: "Local" } }, byClass);
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({ [lbClass]: "rule" });
    expect(decision.findings).toEqual([]);
    expect(injected(create({ annotations: proxied, spec: { externalTrafficPolicy: "Cluster" } }, byClass))).toEqual({
      [lbClass]: "service.k8s.aws/nlb",
    });
  });

  it("and what it brings along is not injected where it mends one fault by another of its own", () => {
    const quic = { [nlb.quicEnabledPorts]: "443", [nlb.disableNlbSg]: "true" };
    const ports = [{ port: 443, protocol: "UDP", targetPort: 443 }];
    const parts = { annotations: quic, spec: { ...claimed.spec, ports, ipFamilies: ["IPv4"] } };
    const ip = { service: { targetType: { default: "ip" } } };
    expect(injected(create(parts, ip))).toEqual({ [nlb.targetType]: "ip" });
    const decision = create(parts, ip, { overlayNetwork: true });
    expect(injected(decision)).toEqual({});
    expect(decision.findings.map(({ rule }) => rule)).toEqual(["quic-needs-ip-targets"]);
  });

  it.each(["Leave", "Refuse"])(
    "%s claims nothing, and what the in-tree controller ignores is not injected",
    (claim) => {
      expect(injected(create({}, { service: { ...publicService, claim } }))).toEqual({});
    },
  );

  it("is made on the policy's word, with a warning, where the profile does not name the installed controllers", () => {
    const decision = create({}, publicDualStack, { controllers: undefined });
    expect(injected(decision)).toEqual(allValues);
    expect(injectionWarnings(decision)).toEqual([
      'spec.loadBalancerClass was set to "service.k8s.aws/nlb": make sure that its controller is installed, the cluster profile does not say',
    ]);
  });

  it("is left out, and all else with it, where the profile names other controllers", () => {
    const decision = create({}, publicDualStack, { controllers: ["cloud-controller-manager"] });
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({ [lbClass]: "profile" });
  });

  it("is made where the author's own mistake refuses the Service either way: unclaimed it could become public", () => {
    expect(injected(create({ annotations: { [nlb.scheme]: "Internal" } }))).toMatchObject({
      [lbClass]: "service.k8s.aws/nlb",
    });
  });

  it("is made over a typo that would make the Service refused: the in-tree controller would build it public", () => {
    const decision = create({ annotations: { [nlb.crossZoneLoadBalancingEnabled]: "yes" } });
    expect(injected(decision)).toMatchObject({ [lbClass]: "service.k8s.aws/nlb" });
  });

  it("is left out where it would make a rule refuse an internal Service that the in-tree controller builds as meant", () => {
    const decision = create({ annotations: { [nlb.internal]: "0.0.0.0/0" } });
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toMatchObject({ [lbClass]: "rule", [nlb.ipAddressType]: "depends" });
  });
});

describe("IPv6 on the subnets", () => {
  it("known to be missing: dualstack is left out with a warning", () => {
    const decision = create({}, publicDualStack, { subnetsHaveIPv6: false });
    expect(leftOut(decision)).toEqual({ [nlb.ipAddressType]: "profile" });
    expect(injectionWarnings(decision)).toEqual([
      'metadata.annotations[…/aws-load-balancer-ip-address-type] "dualstack" was left out: the subnets have no IPv6, as the cluster profile says',
    ]);
  });

  it("not known: dualstack is injected on CREATE with a warning", () => {
    const decision = create({}, publicDualStack, { subnetsHaveIPv6: undefined });
    expect(injected(decision)).toEqual(allValues);
    expect(decision.cautions).toHaveLength(1);
  });
});

describe("an injection that a rule forbids", () => {
  const udp = { spec: { ports: [{ port: 53, protocol: "UDP" }] } };

  it("dualstack is left out for UDP while the families are not known, and the rest is injected", () => {
    const decision = create(udp);
    const { [nlb.ipAddressType]: _dualstack, ...rest } = allValues;
    expect(injected(decision)).toEqual(rest);
    expect(leftOut(decision)).toEqual({ [nlb.ipAddressType]: "rule" });
  });

  it("dualstack is injected for UDP with IPv6 families and the source-NAT prefix", () => {
    const parts = {
      spec: { ...udp.spec, ipFamilies: ["IPv6"] },
      annotations: { [nlb.enablePrefixForIpv6SourceNat]: "on" },
    };
    expect(injected(create(parts))).toEqual(allValues);
  });

  it("the same on an IPv6 cluster without families written", () => {
    const parts = { ...udp, annotations: { [nlb.enablePrefixForIpv6SourceNat]: "on" } };
    expect(injected(create(parts, publicDualStack, { ipFamily: "ipv6" }))).toEqual(allValues);
  });

  it("the reason says what it supposes of the API server only where another choice would be fine", () => {
    expect(injectionWarnings(create(udp)).join()).toContain("(should spec.ipFamilies become IPv4)");
    const proxy = {
      service: { ...publicService, proxyProtocol: { default: "On" }, ipAddressType: { default: "ipv4" } },
    };
    expect(injectionWarnings(create(udp, proxy)).join()).toMatch(/proxy-protocol.*left out(?!.*should)/);
  });

  it("lowering the rule's severity in the policy does not bring it back", () => {
    const rules = { "dualstack-udp-needs-ipv6-targets": "Warn", "dualstack-udp-needs-source-nat-prefix": "Off" };
    expect(injected(create(udp, { ...publicDualStack, rules }))).not.toHaveProperty([nlb.ipAddressType]);
  });

  it("dualstack is left out where all source ranges are IPv4: an AAAA record that times out is worse than none", () => {
    const decision = create({ spec: { loadBalancerSourceRanges: ["10.0.0.0/8"] } });
    expect(leftOut(decision)).toEqual({ [nlb.ipAddressType]: "rule" });
  });
});

describe("proxy protocol", () => {
  const on = { service: { ...publicService, proxyProtocol: { default: "On" } } };
  const inTreeNlb = { [nlb.type]: "nlb" };
  const ownPair = `${nlb.targetGroupAttributes}[proxy_protocol_v2.enabled]`;

  function autoMode(map?: string): ObjectParts {
    const annotations = map === undefined ? {} : { [nlb.targetGroupAttributes]: map };
    return { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations };
  }

  it("On is the asterisk for the AWS controller", () => {
    expect(injected(create({}, on))).toEqual({ ...allValues, [nlb.proxyProtocol]: "*" });
  });

  it("Off injects nothing", () => {
    const off = { service: { ...publicService, proxyProtocol: { default: "Off" } } };
    expect(injected(create({}, off))).toEqual(allValues);
  });

  it("is a target-group attribute for EKS Auto Mode", () => {
    const decision = create({ spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } }, on);
    expect(injected(decision)).toMatchObject({ [nlb.targetGroupAttributes]: "proxy_protocol_v2.enabled=true" });
    expect(injected(decision)).not.toHaveProperty([nlb.proxyProtocol]);
  });

  it("is put behind an attribute map of EKS Auto Mode that exists, of which nothing is changed", () => {
    const decision = create(autoMode("stickiness.enabled=true, deregistration_delay.timeout_seconds=30"), on);
    expect(injected(decision)).toMatchObject({
      [nlb.targetGroupAttributes]:
        "stickiness.enabled=true, deregistration_delay.timeout_seconds=30,proxy_protocol_v2.enabled=true",
    });
    expect(decision.provenance).toMatchObject({ value: expect.stringContaining(ownPair) });
  });

  it.each([
    ["empty: that is written, too", ""],
    ["such that a pair behind it would mean something else", "stickiness.enabled=true,"],
    ["of lines, as the EKS user guide shows it", "stickiness.enabled=true\nderegistration_delay.timeout_seconds=30\n"],
  ])("is left out with a warning where the attribute map of EKS Auto Mode is %s", (_how, map) => {
    const decision = create(autoMode(map), on);
    expect(injected(decision)).not.toHaveProperty([nlb.targetGroupAttributes]);
    expect(leftOut(decision)).toMatchObject({ [nlb.targetGroupAttributes]: "unmerged" });
    expect(injectionWarnings(decision).join()).toContain("proxy protocol was left out");
  });

  it.each([
    ["the attribute", { [nlb.targetGroupAttributes]: "a=b,proxy_protocol_v2.enabled=false" }],
    ["the attribute of one port", { [`${nlb.targetGroupAttributes}.80`]: "proxy_protocol_v2.enabled=false" }],
    ["attributes that do not parse", { [nlb.targetGroupAttributes]: "stickiness.enabled" }],
  ])("is written for EKS Auto Mode in %s", (_name, annotations) => {
    const decision = create({ ...autoMode(), annotations }, on);
    expect(injected(decision)).not.toHaveProperty([nlb.targetGroupAttributes]);
    expect(leftOut(decision)).toMatchObject({ [nlb.targetGroupAttributes]: "written" });
  });

  it.each([
    ["a Classic Load Balancer", {}, undefined, { [nlb.proxyProtocol]: "*" }],
    [
      "a Network Load Balancer",
      inTreeNlb,
      undefined,
      { [nlb.targetGroupAttributes]: "proxy_protocol_v2.enabled=true" },
    ],
    ["a Network Load Balancer before version 1.34", inTreeNlb, { major: 1, minor: 33 }, {}],
  ])("is what the in-tree controller reads for %s", (_kind, annotations, inTreeVersion, values) => {
    const policy = { service: { claim: "Leave", proxyProtocol: { default: "On" } } };
    expect(injected(create({ annotations }, policy, { inTreeVersion }))).toEqual(values);
  });

  it.each([
    ["the annotation, even empty", { [nlb.proxyProtocol]: "" }],
    ["the list of ports, even empty", { [nlb.proxyProtocolPerTargetGroup]: "" }],
    ["the attribute", { [nlb.targetGroupAttributes]: "proxy_protocol_v2.enabled=false" }],
    ["the attribute of one port", { [`${nlb.targetGroupAttributes}.80`]: "proxy_protocol_v2.enabled=false" }],
    ["attributes that do not parse", { [nlb.targetGroupAttributes]: "proxy_protocol_v2.enabled" }],
  ])("is written in %s", (_name, annotations) => {
    expect(injected(create({ ...claimed, annotations }, on))).not.toHaveProperty([nlb.proxyProtocol]);
  });

  it("is not written by other attributes", () => {
    const annotations = { [nlb.targetGroupAttributes]: "deregistration_delay.timeout_seconds=30" };
    expect(injected(create({ ...claimed, annotations }, on))).toMatchObject({ [nlb.proxyProtocol]: "*" });
  });

  it("is left out for a UDP port", () => {
    const decision = create({ spec: { ports: [{ port: 53, protocol: "UDP" }] } }, on);
    expect(leftOut(decision)).toMatchObject({ [nlb.proxyProtocol]: "rule" });
  });

  it("is left out for instance targets with externalTrafficPolicy Local", () => {
    const instance = {
      service: { ...publicService, proxyProtocol: { default: "On" }, targetType: { default: "instance" } },
    };
    const decision = create({ spec: { externalTrafficPolicy: "Local" } }, instance);
    expect(leftOut(decision)).toEqual({ [nlb.proxyProtocol]: "rule" });
    expect(injected(decision)).toMatchObject({ [nlb.targetType]: "instance" });
  });
});

describe("an update of a load balancer that is not provisioned", () => {
  it("gets all but the claim where the AWS controller owns it", () => {
    const { [lbClass]: _claim, ...rest } = allValues;
    expect(injected(update(claimed, claimed))).toEqual(rest);
  });

  it("gets nothing where the in-tree controller owns it: it may be building already", () => {
    const decision = update({}, { annotations: { team: "a" } });
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({ [lbClass]: "in-tree" });
  });

  it("is given no advice where its policy's controller is not installed", () => {
    const decision = update({}, { annotations: { team: "a" } }, publicDualStack, {
      controllers: ["cloud-controller-manager"],
    });
    expect(decision.leftOut).toEqual([]);
  });

  it("gets its dropped claim by annotation back, or the in-tree controller would build a load balancer", () => {
    const policy = { service: { claim: "TypeAnnotation", targetType: { default: "ip" } } };
    const claim = { [nlb.type]: "external", [nlb.targetType]: "ip" };
    const old = {
      annotations: { ...claim, "dualstack.dev/injected": `policy=test; keys=${nlb.targetType},${nlb.type}` },
    };
    expect(injected(update(old, {}, policy))).toEqual(claim);
    expect(injected(update({ annotations: claim }, {}, policy))).toEqual({});
    expect(injected(update(old, { annotations: { "dualstack.dev/inject": "false" } }, policy))).toEqual({});
  });

  it("gets no target type that would claim it", () => {
    const external = { annotations: { [nlb.type]: "external" } };
    expect(injected(update(external, external))).toEqual({});
  });
});

describe("an update of a load balancer that exists", () => {
  const live = { ...claimed, ...provisioned };

  it("gets nothing under existing: Preserve", () => {
    expect(injected(update(live, live))).toEqual({});
  });

  it("gets nothing where only a finalizer shows that it is being built", () => {
    const building = { ...claimed, finalizers: ["service.k8s.aws/resources"] };
    expect(injected(update(building, building))).toEqual({});
  });

  it("gets the address type, and nothing else, under existing: Migrate with IPv6 subnets", () => {
    const migrate = { ...publicDualStack, existing: "Migrate" };
    expect(injected(update(live, live, migrate))).toEqual({ [nlb.ipAddressType]: "dualstack" });
  });

  it.each([false, undefined])("gets nothing under Migrate where IPv6 on the subnets is %s", (subnetsHaveIPv6) => {
    const migrate = { ...publicDualStack, existing: "Migrate" };
    expect(injected(update(live, live, migrate, { subnetsHaveIPv6 }))).toEqual({});
  });

  it("is never claimed from the in-tree controller, and the warning names the old load balancer", () => {
    const decision = update(provisioned, { ...provisioned, annotations: { team: "a" } });
    expect(injected(decision)).toEqual({});
    expect(injectionWarnings(decision)).toEqual([
      "the in-tree load balancer old.elb.amazonaws.com stays as it is: claiming it would orphan it. To migrate, create a second Service, move DNS to it, then delete this one, which cleans up the old load balancer",
    ]);
  });

  it("gets its dropped class back under any policy, since the API server refuses the update without it", () => {
    expect(injected(update(live, provisioned, { service: {} }))).toEqual({ [lbClass]: "service.k8s.aws/nlb" });
  });

  it("does not get a class back when it leaves the type LoadBalancer", () => {
    expect(injected(update(live, { spec: { type: "ClusterIP" } }))).toEqual({});
  });

  const injectedNote = `policy=test; keys=${nlb.ipAddressType},${nlb.scheme}`;
  const ours = {
    ...live,
    annotations: {
      [nlb.scheme]: "internet-facing",
      [nlb.ipAddressType]: "dualstack",
      [nlb.targetType]: "ip",
      "dualstack.dev/injected": injectedNote,
    },
  };

  it("gets back what we injected and a PUT drops, but not what the author had written", () => {
    const decision = update(ours, live);
    expect(injected(decision)).toEqual({ [nlb.scheme]: "internet-facing", [nlb.ipAddressType]: "dualstack" });
    expect(decision.provenance).toEqual({ action: "write", value: injectedNote });
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["proxy protocol, by a list of ports", { [nlb.proxyProtocol]: "*" }, { [nlb.proxyProtocolPerTargetGroup]: "443" }],
    ["the scheme, by the older annotation", { [nlb.scheme]: "internet-facing" }, { [nlb.internal]: "true" }],
    ["the target type, by nlb-ip", { [nlb.targetType]: "instance" }, { [nlb.type]: "nlb-ip" }],
  ])("does not get back what the author settles in other words: %s", (_name, was, now) => {
    const note = { "dualstack.dev/injected": `policy=test; keys=${Object.keys(was).join()}` };
    expect(injected(update({ ...live, annotations: { ...was, ...note } }, { ...live, annotations: now }))).toEqual({});
  });

  describe("proxy protocol of EKS Auto Mode, in a map of attributes", () => {
    const pair = "proxy_protocol_v2.enabled=true";
    const note = `policy=test; keys=${nlb.targetGroupAttributes}[proxy_protocol_v2.enabled]`;
    const autoMode = { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, ...provisioned };

    function put(before: string, after: string | undefined) {
      const old = { ...autoMode, annotations: { [nlb.targetGroupAttributes]: before, "dualstack.dev/injected": note } };
      const annotations = after === undefined ? {} : { [nlb.targetGroupAttributes]: after };
      return update(old, { ...autoMode, annotations });
    }

    it.each([
      ["alone, where the whole map is dropped", `a=b,${pair}`, undefined, pair],
      ["behind the author's own part, which stays", `a=b,${pair}`, "a=b", `a=b,${pair}`],
      ["behind what the author has changed", `a=b,${pair}`, "a=c, d=e", `a=c, d=e,${pair}`],
      ["behind what the author writes for the first time", pair, "a=b", `a=b,${pair}`],
    ])("comes back %s", (_how, before, after, value) => {
      const decision = put(before, after);
      expect(injected(decision)).toEqual({ [nlb.targetGroupAttributes]: value });
      expect(decision.provenance).toEqual({ action: "write", value: note });
    });

    it.each([
      ["the author switches it off", `a=b,${pair}`, "proxy_protocol_v2.enabled=false"],
      ["the author empties the map", `a=b,${pair}`, ""],
      ["nothing can be put behind what the author writes", `a=b,${pair}`, "a=b,"],
      ["it was not there", "a=b", "a=c"],
    ])("does not come back where %s", (_why, before, after) => {
      const decision = put(before, after);
      expect(injected(decision)).toEqual({});
      expect(decision.provenance).toEqual({ action: "keep" });
    });

    it("stays ours while the author changes the rest of the map", () => {
      const annotations = { [nlb.targetGroupAttributes]: `a=c,${pair}` };
      const old = {
        ...autoMode,
        annotations: { [nlb.targetGroupAttributes]: `a=b,${pair}`, "dualstack.dev/injected": note },
      };
      expect(update(old, { ...autoMode, annotations }).provenance).toEqual({ action: "write", value: note });
    });

    it("is not taken for ours where a new Service merely says so", () => {
      const forged = { [nlb.targetGroupAttributes]: `${pair},a=b`, "dualstack.dev/injected": note };
      const on = { service: { ...publicService, proxyProtocol: { default: "On" } } };
      const { provenance } = create({ ...autoMode, annotations: forged }, on);
      expect(provenance).toMatchObject({ value: expect.not.stringContaining("proxy_protocol_v2.enabled") });
    });
  });

  it("does not get back a target type with which it would stay claimed, where the author moves it to another type", () => {
    const claim = { [nlb.type]: "external", [nlb.targetType]: "ip" };
    const note = { "dualstack.dev/injected": `policy=test; keys=${nlb.targetType},${nlb.type}` };
    const old = { ...provisioned, annotations: { ...claim, ...note } };
    expect(injected(update(old, { ...provisioned, annotations: { [nlb.type]: "nlb" } }))).toEqual({});
    expect(injected(update(old, provisioned))).toEqual(claim);
  });

  it("gets its dropped class back though it opts out: nothing is added that was not there", () => {
    const out = { annotations: { "dualstack.dev/inject": "false" } };
    expect(injected(update({ ...live, ...out }, { ...provisioned, ...out }))).toEqual({
      [lbClass]: "service.k8s.aws/nlb",
    });
  });

  it("does not get back what the author changes", () => {
    const decision = update(ours, { ...live, annotations: { ...ours.annotations, [nlb.ipAddressType]: "ipv4" } });
    expect(injected(decision)).toEqual({});
    expect(decision.provenance).toEqual({ action: "write", value: `policy=test; keys=${nlb.scheme}` });
  });

  it.each([
    ["the object opts out", { ...live, annotations: { "dualstack.dev/inject": "false" } }, {}, {}],
    ["the namespace has opted out", live, {}, { "dualstack.dev/inject": "disabled" }],
    ["the mode is Warn", live, { mode: "Warn" }, {}],
    ["the mode is Off", live, { mode: "Off" }, {}],
  ])("gets nothing back where %s", (_name, parts, overlay, namespaceLabels) => {
    const decision = decided(service(parts, { phase: "mutating", old: ours }), {
      policy: { ...publicDualStack, ...overlay },
      namespaceLabels,
    });
    expect(injected(decision)).toEqual({});
  });
});

describe("a migration beside Gardener's webhook", () => {
  const migrate = { ...publicDualStack, existing: "Migrate" };
  const gardener = { platform: "gardener", ipFamily: "dualstack" } as const;
  const live = { ...claimed, ...provisioned };

  it("keeps that webhook away, which would make the load balancer public, and so replace it", () => {
    expect(injected(update(live, live, migrate, gardener))).toEqual({
      [nlb.ipAddressType]: "dualstack",
      [ignoreLoadBalancer]: "true",
    });
  });

  it("does not happen where the author lets that webhook in", () => {
    const open = { ...live, annotations: { [ignoreLoadBalancer]: "false" } };
    const decision = update(open, open, migrate, gardener);
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({ [nlb.ipAddressType]: "profile" });
  });

  it.each([
    ["the load balancer is internal in words that it understands", gardener, { [nlb.scheme]: "internal" }],
    ["it does nothing: the cluster has no IPv6", { ...gardener, ipFamily: "ipv4" as const }, {}],
  ])("needs nothing more where %s", (_why, profile, annotations) => {
    const internal = { ...live, annotations };
    expect(injected(update(internal, internal, migrate, profile))).toEqual({ [nlb.ipAddressType]: "dualstack" });
  });
});

describe("a Service that comes back to the type LoadBalancer", () => {
  const clusterIP = { spec: { type: "ClusterIP" } };
  const awsFinalizer = { finalizers: ["service.k8s.aws/resources"] };

  it("gets everything while the NLB of its former class is still being deleted", () => {
    expect(injected(update({ ...clusterIP, ...awsFinalizer }, awsFinalizer))).toEqual(allValues);
  });

  it("gets nothing where its annotations have kept the NLB alive all the time", () => {
    const annotations = { [nlb.type]: "external", [nlb.targetType]: "ip" };
    const kept = { annotations, ...awsFinalizer };
    expect(injected(update({ ...clusterIP, ...kept }, kept))).toEqual({});
  });

  it("gets the claim alone where it gives up those annotations: a scheme could replace the NLB", () => {
    const kept = { annotations: { [nlb.type]: "external", [nlb.targetType]: "ip" }, ...awsFinalizer };
    expect(injected(update({ ...clusterIP, ...kept }, awsFinalizer))).toEqual({ [lbClass]: "service.k8s.aws/nlb" });
  });

  it("is not claimed while the in-tree controller has not cleaned up after itself", () => {
    const inTreeFinalizer = { finalizers: ["service.kubernetes.io/load-balancer-cleanup"] };
    const decision = update({ ...clusterIP, ...inTreeFinalizer }, inTreeFinalizer);
    expect(leftOut(decision)).toEqual({ [lbClass]: "in-tree" });
  });
});

describe("a second call for a Service that another webhook has changed since", () => {
  const instance = { service: { ...publicService, targetType: { default: "instance" } } };
  const byGardener = {
    [nlb.type]: "external",
    [nlb.scheme]: "internet-facing",
    [nlb.targetType]: "instance",
    [nlb.ipAddressType]: "dualstack",
  };

  it("finds its own values, the class among them, though a type annotation stands beside it now", () => {
    const { provenance } = create({}, instance);
    const note = provenance.action === "write" ? provenance.value : "";
    expect(note).toContain(lbClass);
    const changed = { ...claimed, annotations: { ...byGardener, "dualstack.dev/injected": note } };
    expect(create(changed, instance)).toMatchObject({ injections: [], provenance: { action: "keep" } });
  });

  it("does not take for its own what the policy would not inject", () => {
    const note = `policy=test; keys=${nlb.scheme},${lbClass}`;
    const other = { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } };
    const decision = create({ ...other, annotations: { ...byGardener, "dualstack.dev/injected": note } }, instance);
    expect(decision.provenance).toEqual({ action: "write", value: `policy=test; keys=${nlb.scheme}` });
  });
});

describe("what a client writes into fields that are not its own", () => {
  it("a deletion timestamp on CREATE says nothing: the API server ignores it", () => {
    const subject = service({}, { phase: "mutating" });
    const saved = { ...subject, object: { ...subject.object, terminating: true } };
    expect(injected(decided(saved))).toEqual(allValues);
  });

  it("a note of injections beside an opt-out is removed, or a later update would trust it", () => {
    const annotations = { "dualstack.dev/inject": "false", "dualstack.dev/injected": `policy=x; keys=${nlb.scheme}` };
    expect(create({ annotations }).provenance).toEqual({ action: "remove" });
  });

  it("nor may an update bring one, while one that is stored stays", () => {
    const annotations = { "dualstack.dev/inject": "false", "dualstack.dev/injected": `policy=x; keys=${nlb.scheme}` };
    expect(update({}, { annotations }).provenance).toEqual({ action: "remove" });
    expect(update({ annotations }, { annotations }).provenance).toEqual({ action: "keep" });
  });
});

describe("opting out and shadow mode", () => {
  it('dualstack.dev/inject: "false" on the object injects nothing', () => {
    expect(create({ annotations: { "dualstack.dev/inject": "false" } })).toMatchObject({ injections: [], leftOut: [] });
  });

  it('dualstack.dev/inject: "true" on the object changes nothing', () => {
    expect(injected(create({ annotations: { "dualstack.dev/inject": "true" } }))).toEqual(allValues);
  });

  it("mode Warn changes nothing and says what it would", () => {
    const decision = create({}, { ...publicDualStack, mode: "Warn" });
    expect(injected(decision)).toEqual({});
    expect(injectionWarnings(decision)).toContain(
      'policy test would set metadata.annotations[…/aws-load-balancer-scheme] to "internet-facing"; its mode is Warn',
    );
  });
});

describe("a fault that an injection would uncover", () => {
  it("is not brought about for the sake of a mere warning", () => {
    const parts = {
      annotations: {
        [nlb.sslCert]: "arn:aws:acm:us-west-2:111122223333:certificate/a",
        [nlb.privateIpv4Addresses]: "10.0.0.1",
      },
      spec: {
        ports: [
          { port: 80, protocol: "UDP", targetPort: 8080, nodePort: 30080 },
          { port: 80, protocol: "TCP", nodePort: 30080 },
        ],
      },
    };
    const service = {
      ...publicService,
      loadBalancerClass: { default: "eks.amazonaws.com/nlb" },
      scheme: { default: "internal" },
    };
    const profile = {
      controllers: undefined,
      detectedFamilies: ["IPv4"],
      discoveredSubnets: 2,
      defaultTargetType: "ip",
      subnetsHaveIPv6: undefined,
    };
    const decision = create(parts, { service }, profile);
    expect(injected(decision)).not.toHaveProperty(nlb.ipAddressType);
    expect(leftOut(decision)).toMatchObject({ [nlb.ipAddressType]: "rule" });
  });

  it("is left alone the second time, too, when our own values stand on the object", () => {
    const policy = {
      service: {
        claim: "TypeAnnotation",
        ipAddressType: { default: "dualstack", allowed: ["dualstack"] },
        scheme: { default: "internal", allowed: ["internal"] },
        targetType: { default: "instance" },
        proxyProtocol: { default: "On", allowed: ["On"] },
      },
    };
    const profile = {
      controllers: undefined,
      subnetsHaveIPv6: undefined,
      platform: "gardener",
      ipFamily: "ipv4",
      nodesHavePrimaryIPv6: false,
      defaultTargetType: "ip",
    };
    const ports = [{ port: 80, protocol: "TCP" }];
    const spec = { allocateLoadBalancerNodePorts: false, ipFamilies: ["IPv4", "IPv6"], ports };
    const annotations = { [nlb.internal]: "true" };
    const first = create({ annotations, spec }, policy, profile);
    expect(leftOut(first)).toMatchObject({ [nlb.ipAddressType]: "rule" });
    const note = first.provenance.action === "write" ? first.provenance.value : "";
    const again = { ...annotations, ...injected(first), "dualstack.dev/injected": note };
    expect(injected(create({ annotations: again, spec }, policy, profile))).toEqual({});
  });
});
