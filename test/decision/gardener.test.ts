import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { ignoreLoadBalancer } from "../../src/annotations/gardener.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { ClusterProfile } from "../../src/decision/facts.ts";
import { keepingGardenerAway } from "../../src/decision/gardener.ts";
import { policy } from "../policy/policies.ts";
import { decided, injected, leftOut } from "../support/decisions.ts";
import { service } from "../support/subjects.ts";
import type { ObjectParts } from "../support/subjects.ts";

const lbc = { loadBalancerClass: "service.k8s.aws/nlb" };
const live = { loadBalancer: { ingress: [{ hostname: "a.elb.amazonaws.com" }] } };
const dualstack = { [nlb.ipAddressType]: "dualstack" };
const facing = { [nlb.scheme]: "internet-facing" };

/** Because of which field the Service, as it would be, gets the annotation. */
function because(
  parts: ObjectParts,
  spec: Readonly<Record<string, unknown>>,
  { old, profile }: { readonly old?: ObjectParts; readonly profile?: Partial<ClusterProfile> } = {},
): string | undefined {
  const cluster = { ...defaultProfile, platform: "gardener" as const, ipFamily: "dualstack" as const, ...profile };
  return keepingGardenerAway(service(parts, { old, phase: "mutating" }), policy("test", { service: spec }), cluster)
    ?.because;
}

describe("Gardener's webhook is kept away from a new Service", () => {
  const ipv4 = { ipAddressType: { default: "ipv4" } };

  it("where the policy's value would be overwritten", () => {
    expect(because({ spec: lbc, annotations: { ...facing, [nlb.ipAddressType]: "ipv4" } }, ipv4)).toBe(
      "service.ipAddressType",
    );
  });

  it("where the author's value would be, of a field that the policy speaks of", () => {
    const written = { spec: lbc, annotations: { ...facing, [nlb.ipAddressType]: "ipv4" } };
    expect(because(written, { ipAddressType: { default: "dualstack" } })).toBe("service.ipAddressType");
    expect(because(written, { scheme: { default: "internet-facing" } })).toBeUndefined();
  });

  it("where the value that the policy has was left out: dualstack may be what a rule refuses", () => {
    expect(because({ spec: lbc, annotations: facing }, { ipAddressType: { default: "dualstack" } })).toBe(
      "service.ipAddressType",
    );
  });

  it("where the scheme would become public", () => {
    const internal = { scheme: { default: "internal" } };
    expect(because({ spec: lbc, annotations: { [nlb.internal]: "1" } }, internal)).toBe("service.scheme");
    expect(because({ annotations: { [nlb.internal]: "0.0.0.0/0" } }, { scheme: { default: "internet-facing" } })).toBe(
      "service.scheme",
    );
  });

  it("of the in-tree controller, by what the policy and the author want of the one that it would be handed to", () => {
    expect(because({}, ipv4)).toBe("service.ipAddressType");
    const ip = { targetType: { default: "ip" } };
    expect(because({ annotations: { [nlb.targetType]: "ip" } }, ip)).toBe("service.targetType");
    expect(because({}, ip)).toBeUndefined();
    expect(because({}, { ipAddressType: { default: "dualstack" }, scheme: { default: "internet-facing" } })).toBe(
      undefined,
    );
  });

  it("and from one that becomes a load balancer, or has none yet, with dualstack", () => {
    const target = { targetType: { default: "ip" }, ipAddressType: { default: "dualstack" } };
    const parts = { spec: lbc, annotations: { ...dualstack, [nlb.targetType]: "ip" } };
    expect(because(parts, target, { old: { spec: { type: "ClusterIP" } } })).toBe("service.targetType");
    expect(because(parts, target, { old: { spec: lbc } })).toBe("service.targetType");
  });
});

describe("Gardener's webhook is let be", () => {
  const ipv4 = { ipAddressType: { default: "ipv4" } };

  it.each<[string, ObjectParts, object, Parameters<typeof because>[2]]>([
    [
      "it writes what is in force",
      { spec: lbc, annotations: { ...facing, ...dualstack } },
      {
        scheme: { default: "internet-facing" },
        ipAddressType: { default: "dualstack" },
        targetType: { default: "instance" },
      },
      {},
    ],
    ["the policy says nothing of its fields", { spec: lbc }, { proxyProtocol: { default: "On" } }, {}],
    [
      "the Service is internal in words that it understands",
      { spec: lbc, annotations: { [nlb.scheme]: "internal" } },
      ipv4,
      {},
    ],
    [
      "the author has written the annotation, be it empty",
      { spec: lbc, annotations: { [ignoreLoadBalancer]: "" } },
      ipv4,
      {},
    ],
    ["it does nothing: the cluster has no IPv6", { spec: lbc }, ipv4, { profile: { ipFamily: "ipv4" } }],
    ["the platform is another one", { spec: lbc }, ipv4, { profile: { platform: undefined } }],
    ["the load balancer exists", { spec: lbc, annotations: dualstack }, ipv4, { old: { spec: lbc, status: live } }],
    ["an update gives it no reason", { spec: lbc }, ipv4, { old: { spec: lbc } }],
    ["the controller is none of ours", { spec: { loadBalancerClass: "metallb.example/lb" } }, ipv4, {}],
    ["nobody takes the Service", { annotations: { [nlb.type]: "external" } }, ipv4, {}],
    ["the Service is no load balancer", { spec: { type: "NodePort" } }, ipv4, {}],
    ["a value that is none will be refused", { spec: lbc, annotations: { [nlb.ipAddressType]: "IPv4" } }, ipv4, {}],
  ])("where %s", (_why, parts, spec, surroundings) => {
    expect(because(parts, { ...spec }, surroundings)).toBeUndefined();
  });
});

describe("a decision beside Gardener's webhook", () => {
  const gardener = { platform: "gardener", ipFamily: "dualstack" } as const;

  function create(parts: ObjectParts, spec: object, profile: Partial<ClusterProfile> = gardener) {
    return decided(service(parts, { phase: "mutating" }), { policy: { service: spec }, profile });
  }

  const class_ = { loadBalancerClass: { default: "service.k8s.aws/nlb" } };
  const ipv4 = { ...class_, scheme: { default: "internet-facing" }, ipAddressType: { default: "ipv4" } };

  it("has the annotation, with the field that it is for, and notes it as ours", () => {
    const decision = create({}, ipv4);
    expect(decision.injections).toContainEqual({
      target: ignoreLoadBalancer,
      value: "true",
      because: "service.ipAddressType",
    });
    expect(decision.provenance).toMatchObject({ value: expect.stringContaining(ignoreLoadBalancer) });
  });

  it("does not have it where the values are Gardener's own, though the policy asks for ip targets, which are refused", () => {
    const decision = create({}, { ...ipv4, ipAddressType: { default: "dualstack" }, targetType: { default: "ip" } });
    expect(injected(decision)).not.toHaveProperty([ignoreLoadBalancer]);
    expect(leftOut(decision)).toEqual({ [nlb.targetType]: "rule" });
  });

  it("has it where a rule keeps dualstack out, which Gardener would write", () => {
    const udp = { spec: { ports: [{ port: 53, protocol: "UDP" }], ipFamilies: ["IPv4"] } };
    const decision = create(udp, { ...ipv4, ipAddressType: { default: "dualstack" } });
    expect(injected(decision)).toMatchObject({ [ignoreLoadBalancer]: "true" });
    expect(injected(decision)).not.toHaveProperty([nlb.ipAddressType]);
  });

  it("does not report what the annotation prevents", () => {
    const decision = create({ annotations: { [nlb.internal]: "0.0.0.0/0" } }, { scheme: { default: "internal" } });
    expect(injected(decision)).toEqual({ [ignoreLoadBalancer]: "true" });
    expect(decision.findings).toEqual([]);
  });

  it("has nothing where the object opts out", () => {
    expect(injected(create({ annotations: { "dualstack.dev/inject": "false" } }, ipv4))).toEqual({});
  });

  it("says what it would do where the policy only warns", () => {
    const subject = service({}, { phase: "mutating" });
    const decision = decided(subject, { policy: { service: ipv4, mode: "Warn" }, profile: gardener });
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toMatchObject({ [ignoreLoadBalancer]: "shadow" });
  });

  it("has it again where an update drops it: Gardener would take that for the wish to migrate", () => {
    const annotations = { ...facing, [nlb.ipAddressType]: "ipv4", [ignoreLoadBalancer]: "true" };
    const note = `policy=test; keys=${ignoreLoadBalancer}`;
    const old = { spec: lbc, status: live, annotations: { ...annotations, "dualstack.dev/injected": note } };
    const dropped = { spec: lbc, status: live, annotations: facing };
    const subject = service(dropped, { phase: "mutating", old });
    expect(injected(decided(subject, { policy: { service: ipv4 }, profile: gardener }))).toEqual({
      [ignoreLoadBalancer]: "true",
    });
  });
});
