import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import { denialMessage, findingWarnings } from "../../src/decision/messages.ts";
import { decided } from "../support/decisions.ts";
import { service } from "../support/subjects.ts";
import type { ObjectParts } from "../support/subjects.ts";

const lbc = { loadBalancerClass: "service.k8s.aws/nlb" };
const live = { loadBalancer: { ingress: [{ hostname: "a.elb.amazonaws.com" }] } };

const dualstack = { [nlb.ipAddressType]: "dualstack" };

function udp(port: number): object {
  return { port, protocol: "UDP" };
}

function update(old: ObjectParts, parts: ObjectParts): Decision {
  return decided(service({ spec: lbc, ...parts }, { old: { spec: lbc, ...old } }), {});
}

function denied(decision: Decision): readonly string[] {
  return denials(decision).map(({ rule }) => rule);
}

describe("an update is judged by what it introduces", () => {
  const bad = { annotations: { [nlb.scheme]: "public" } };

  it("refuses a fault that is new", () => {
    expect(denied(update({}, bad))).toEqual(["invalid-enumeration"]);
  });

  it("lets a fault pass that was there before, with a warning", () => {
    const decision = update(bad, { annotations: { ...bad.annotations, team: "a" } });
    expect(denied(decision)).toEqual([]);
    expect(findingWarnings(decision)).toEqual([
      expect.stringMatching(/^already so before this update: invalid-enumeration: /),
    ]);
  });

  it("refuses the same fault with another value", () => {
    expect(denied(update(bad, { annotations: { [nlb.scheme]: "open" } }))).toEqual(["invalid-enumeration"]);
  });

  it.each<[string, ObjectParts, ObjectParts]>([
    [
      "one of two UDP ports is removed",
      { spec: { ...lbc, ipFamilies: ["IPv4"], ports: [udp(53), udp(54)] }, annotations: dualstack },
      { spec: { ...lbc, ipFamilies: ["IPv4"], ports: [udp(54)] }, annotations: dualstack },
    ],
    [
      "the address type in force is written down",
      { spec: { ...lbc, ipFamilies: ["IPv6"] } },
      { spec: { ...lbc, ipFamilies: ["IPv6"] }, annotations: { [nlb.ipAddressType]: "ipv4" } },
    ],
    [
      "one of two names of ports is corrected",
      { annotations: { [nlb.proxyProtocolPerTargetGroup]: "http,https" } },
      { annotations: { [nlb.proxyProtocolPerTargetGroup]: "80,https" } },
    ],
    [
      "a port that cannot have QUIC gets a certificate",
      { annotations: { [nlb.quicEnabledPorts]: "80" } },
      {
        annotations: {
          [nlb.quicEnabledPorts]: "80",
          [nlb.sslCert]: "arn:aws:acm:eu-west-1:111122223333:certificate/a",
        },
      },
    ],
  ])("lets an update pass that lessens or restates an old fault: %s", (_name, old, parts) => {
    expect(denied(update(old, parts))).toEqual([]);
  });

  it("lets an update pass that says an old fault of a default in so many words", () => {
    const subject = service(
      { spec: lbc, annotations: { [nlb.targetType]: "ip" } },
      { old: { spec: lbc, annotations: { team: "a" } } },
    );
    const profile = { platform: "gardener", defaultTargetType: "ip" } as const;
    expect(denied(decided(subject, { profile }))).toEqual([]);
    const { old: _stored, ...created } = subject;
    expect(denied(decided({ ...created, operation: "CREATE", old: undefined }, { profile }))).toEqual([
      "gardener-needs-instance-targets",
    ]);
  });

  it("is silent about an old fault that only warns", () => {
    const typo = { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" } };
    expect(findingWarnings(update(typo, { annotations: { ...typo.annotations, team: "a" } }))).toEqual([]);
  });
});

describe("a confirmed hazard", () => {
  const old = { annotations: { [nlb.scheme]: "internal" }, status: live };
  const changed = { [nlb.scheme]: "internet-facing" };
  const id = "scheme-change-replaces-load-balancer";

  it("is refused without confirmation, and the message says how to confirm", () => {
    const subject = service({ spec: lbc, annotations: changed, status: live }, { old: { spec: lbc, ...old } });
    const decision = decided(subject, {});
    expect(denied(decision)).toEqual([id]);
    expect(denialMessage(subject, decision)).toContain(`dualstack.dev/confirm: ${id}`);
  });

  it("passes with the confirmation added in the same update, as a warning", () => {
    const decision = update(old, {
      annotations: { ...changed, "dualstack.dev/confirm": `other, ${id}` },
      status: live,
    });
    expect(denied(decision)).toEqual([]);
    expect(findingWarnings(decision)).toEqual([expect.stringContaining(`confirmed: ${id}`)]);
  });

  it("passes where nobody can know whether it is one: an NLB may have lost its word on security groups", () => {
    const without = { [nlb.disableNlbSg]: "true" };
    const hazard = "security-groups-cannot-be-removed";
    expect(denied(update({ status: live }, { annotations: without, status: live }))).toEqual([hazard]);
    const confirmed = { ...without, "dualstack.dev/confirm": hazard };
    expect(denied(update({ status: live }, { annotations: confirmed, status: live }))).toEqual([]);
  });

  it("is refused with a confirmation that was left there by an earlier update", () => {
    const confirmed = { "dualstack.dev/confirm": id };
    const decision = update(
      { ...old, annotations: { ...old.annotations, ...confirmed } },
      { annotations: { ...changed, ...confirmed }, status: live },
    );
    expect(denied(decision)).toEqual([id]);
  });

  it("does not confirm a rule that is not confirmable", () => {
    const decision = update(old, {
      annotations: { [nlb.scheme]: "public", "dualstack.dev/confirm": "invalid-enumeration" },
      status: live,
    });
    expect(denied(decision)).toEqual(["invalid-enumeration"]);
  });
});

describe("what an update does to a load balancer of the AWS controller that exists", () => {
  const external = { [nlb.type]: "external", [nlb.targetType]: "ip" };
  const prefix = { [nlb.enablePrefixForIpv6SourceNat]: "on" };

  function reported(old: ObjectParts, parts: ObjectParts): readonly string[] {
    const subject = service({ status: live, ...parts }, { old: { status: live, ...old } });
    const { findings } = decided(subject, { policy: {} });
    return findings.filter(({ excused }) => excused === undefined).map(({ rule, severity }) => `${severity} ${rule}`);
  }

  it.each<[string, ObjectParts, ObjectParts, string]>([
    [
      "another scheme",
      { annotations: { [nlb.scheme]: "internal" } },
      { annotations: { [nlb.scheme]: "internet-facing" } },
      "deny scheme-change-replaces-load-balancer",
    ],
    ["dualstack given up", { annotations: dualstack }, {}, "warn dualstack-removed"],
    [
      "dualstack and prefixes at once",
      {},
      { annotations: { ...dualstack, ...prefix } },
      "warn dualstack-and-prefix-in-one-step",
    ],
    [
      "prefixes given up before UDP",
      { annotations: { ...dualstack, ...prefix }, spec: { ...lbc, ports: [udp(53)], ipFamilies: ["IPv6"] } },
      { annotations: dualstack, spec: { ...lbc, ipFamilies: ["IPv6"] } },
      "deny source-nat-prefix-removed",
    ],
    [
      "security groups taken away",
      {},
      { annotations: { [nlb.disableNlbSg]: "true" } },
      "deny security-groups-cannot-be-removed",
    ],
    [
      "security groups added",
      { annotations: { [nlb.disableNlbSg]: "true" } },
      {},
      "warn security-groups-cannot-be-added",
    ],
    [
      "other addresses",
      { annotations: { [nlb.privateIpv4Addresses]: "10.0.0.5" } },
      { annotations: { [nlb.privateIpv4Addresses]: "10.0.0.6" } },
      "warn addresses-are-fixed",
    ],
    ["another name", {}, { annotations: { [nlb.name]: "web" } }, "warn name-is-fixed"],
    [
      "an attribute left out",
      { annotations: { [nlb.attributes]: "deletion_protection.enabled=true" } },
      {},
      "warn attribute-stays",
    ],
    ["another target type", {}, { annotations: { [nlb.targetType]: "ip" } }, "warn target-group-replaced"],
    [
      "another protocol",
      {},
      { spec: { ...lbc, ports: [{ port: 80, protocol: "UDP" }] } },
      "warn target-group-replaced",
    ],
    ["proxy protocol", {}, { annotations: { [nlb.proxyProtocol]: "*" } }, "warn proxy-protocol-changed"],
    [
      "IPv6 among the families",
      { annotations: dualstack, spec: { ...lbc, ipFamilies: ["IPv4"] } },
      { annotations: dualstack, spec: { ...lbc, ipFamilies: ["IPv4", "IPv6"] } },
      "deny ip-family-change-blocks-controller",
    ],
    [
      "the type taken away, so that the in-tree controller builds a public one",
      { annotations: external, spec: {} },
      { spec: {} },
      "deny type-annotation-change-orphans-load-balancer",
    ],
    ["the class taken away", {}, { spec: {} }, "deny class-change-abandons-load-balancer"],
    ["the type LoadBalancer given up", {}, { spec: { type: "ClusterIP" } }, "warn leaving-load-balancer-type"],
  ])("is reported: %s", (_change, old, parts, report) => {
    expect(reported({ spec: lbc, ...old }, { spec: lbc, ...parts })).toContain(report);
  });

  it.each<[string, ObjectParts, ObjectParts]>([
    ["the scheme taken away, which is kept", { annotations: { [nlb.scheme]: "internet-facing" } }, {}],
    [
      "the scheme in force written down",
      { annotations: { [nlb.internal]: "true" } },
      { annotations: { [nlb.internal]: "true", [nlb.scheme]: "internal" } },
    ],
    ["the address type in force written down", {}, { annotations: { [nlb.ipAddressType]: "ipv4" } }],
    ["another annotation", {}, { annotations: { "example.com/note": "edited" } }],
    ["a port more", {}, { spec: { ...lbc, ports: [{ port: 80 }, { port: 443 }] } }],
  ])("is nothing to speak of: %s", (_change, old, parts) => {
    expect(reported({ spec: lbc, ...old }, { spec: lbc, ...parts })).toEqual([]);
  });

  it.each<[string, ObjectParts, ObjectParts]>([
    ["external added", { spec: {} }, { spec: {}, annotations: external }],
    ["external without a target type", { spec: {} }, { spec: {}, annotations: { [nlb.type]: "external" } }],
    ["another kind of in-tree load balancer", { spec: {} }, { spec: {}, annotations: { [nlb.type]: "nlb" } }],
  ])("in the in-tree controller's hands is refused: %s", (_change, old, parts) => {
    expect(reported(old, parts)).toContain("deny type-annotation-change-orphans-load-balancer");
  });
});

describe("the message of a denial", () => {
  it("stands alone: the object, the policy, each rule with its field, value and remedy", () => {
    const subject = service({
      spec: lbc,
      annotations: { [nlb.scheme]: "public", [nlb.proxyProtocol]: "true\n" },
    });
    const message = denialMessage(subject, decided(subject, { policy: {} })) ?? "";
    const [head, ...lines] = message.split("\n");
    expect(head).toBe("2 problems in Service shop/web (policy test):");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^- invalid-enumeration: metadata\.annotations\[…\/aws-load-balancer-scheme\]: .*"public"/,
    );
    expect(lines[1]).toMatch(/aws-load-balancer-proxy-protocol\].*"true\\n"/);
  });
});
