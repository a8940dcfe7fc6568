import { describe, expect, it } from "vitest";
import { alb } from "../../src/annotations/catalog.ts";
import type { Decision } from "../../src/decision/decide.ts";
import type { ClusterProfile } from "../../src/decision/facts.ts";
import { clusterIP, ipv6, pathsTo, service } from "../rules/backend-services.ts";
import { keyed } from "../rules/group-members.ts";
import { decided, injected, leftOut } from "../support/decisions.ts";
import { ingress } from "../support/subjects.ts";

interface Given {
  /** Keys without their prefix. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Values of the policy by its field. */
  readonly values: Readonly<Record<string, string>>;
  readonly services?: readonly object[];
  readonly profile?: Partial<ClusterProfile>;
}

/** A new Ingress that sends to shop/web. */
function create({ annotations = {}, values, services = [service("shop/web")], profile = {} }: Given): Decision {
  const settings = Object.entries(values).map(([field, value]) => [field, { default: value }]);
  const subject = ingress(
    { annotations: keyed(annotations), spec: { ...pathsTo(["web", 80]) } },
    { phase: "mutating" },
  );
  return decided(subject, { policy: { ingress: Object.fromEntries(settings) }, profile, cluster: services });
}

function rulesOf({ findings }: Decision): readonly string[] {
  return findings.map(({ rule }) => rule);
}

const dualstack = { ipAddressType: "dualstack" };
const without = { ipAddressType: "dualstack-without-public-ipv4", scheme: "internet-facing" };
const https = { "listen-ports": '[{"HTTPS":443}]' };

describe("a value that cures what is wrong with a backend", () => {
  it("is injected: dualstack for a Service with IPv6", () => {
    const decision = create({
      values: { ...dualstack, targetType: "ip" },
      services: [service("shop/web", { spec: ipv6 })],
    });
    expect(injected(decision)).toEqual({ [alb.ipAddressType]: "dualstack", [alb.targetType]: "ip" });
    expect(rulesOf(decision)).toEqual([]);
  });

  it("is injected: ip targets for a Service without node ports", () => {
    const decision = create({ values: { targetType: "ip" }, services: [service("shop/web", { spec: clusterIP })] });
    expect(injected(decision)).toEqual({ [alb.targetType]: "ip" });
    expect(rulesOf(decision)).toEqual([]);
  });

  it("is injected, and what is wrong besides is told: nodes that cannot be IPv6 targets", () => {
    const given = { values: dualstack, services: [service("shop/web", { spec: ipv6 })] };
    const decision = create({ ...given, profile: { nodesHavePrimaryIPv6: false } });
    expect(injected(decision)).toEqual({ [alb.ipAddressType]: "dualstack" });
    expect(rulesOf(decision)).toEqual(["ipv6-targets-need-primary-ipv6"]);
  });
});

describe("a value that would break something is left out", () => {
  it.each<[string, string, Given]>([
    [
      "instance targets of a Service without node ports",
      "node-port-not-allocated",
      {
        values: { targetType: "instance" },
        services: [service("shop/web", { spec: clusterIP })],
        profile: { defaultTargetType: "ip" },
      },
    ],
    [
      "instance targets with a target control port",
      "target-control-port-needs-ip-targets",
      {
        annotations: { "target-control-port.web.80": "3000" },
        values: { targetType: "instance" },
        profile: { defaultTargetType: "ip" },
      },
    ],
    [
      "ip targets on an overlay network",
      "ip-targets-on-overlay-network",
      { values: { targetType: "ip" }, profile: { overlayNetwork: true } },
    ],
    [
      "ip targets on an overlay network, before the Service is there",
      "ip-targets-on-overlay-network",
      { values: { targetType: "ip" }, services: [], profile: { overlayNetwork: true } },
    ],
    [
      "ip targets in Gardener",
      "gardener-needs-instance-targets",
      { values: { targetType: "ip" }, profile: { platform: "gardener" } },
    ],
    [
      "ip targets with a health check on a port whose targetPort is a name",
      "health-check-port-unresolved",
      {
        annotations: { "healthcheck-port": "http" },
        values: { targetType: "ip" },
        services: [
          service("shop/web", { spec: { ports: [{ name: "http", port: 80, targetPort: "web", nodePort: 30080 }] } }),
        ],
      },
    ],
    [
      "dualstack with IPv4 ranges",
      "ipv4-source-ranges-with-dualstack",
      { annotations: { "inbound-cidrs": "192.0.2.0/24" }, values: dualstack },
    ],
    [
      "dualstack with customer-owned addresses",
      "customer-owned-pool-needs-ipv4",
      { annotations: { "customer-owned-ipv4-pool": "ipv4pool-coip-1" }, values: dualstack },
    ],
    [
      "no public IPv4 with an NLB in front",
      "frontend-nlb-needs-public-ipv4",
      { annotations: { "enable-frontend-nlb": "true", scheme: "internet-facing" }, values: without },
    ],
    [
      "no public IPv4 with authentication",
      "authentication-needs-public-ipv4",
      { annotations: { ...https, "auth-type": "oidc", scheme: "internet-facing" }, values: without },
    ],
    [
      "no public IPv4 with an IPAM pool",
      "ipam-pool-needs-public-ipv4",
      { annotations: { "ipam-ipv4-pool-id": "ipam-pool-1", scheme: "internet-facing" }, values: without },
    ],
    [
      "an internal scheme with an IPAM pool",
      "ipam-pool-needs-public-ipv4",
      {
        annotations: { "ipam-ipv4-pool-id": "ipam-pool-1" },
        values: { scheme: "internal" },
        profile: { defaultScheme: "internet-facing" },
      },
    ],
    [
      "no public IPv4 on an internal ALB",
      "dualstack-without-public-ipv4-is-for-public-albs",
      { annotations: { scheme: "internal" }, values: without },
    ],
    [
      "an internal scheme on an ALB without public IPv4",
      "dualstack-without-public-ipv4-is-for-public-albs",
      {
        annotations: { "ip-address-type": "dualstack-without-public-ipv4" },
        values: { scheme: "internal" },
        profile: { defaultScheme: "internet-facing" },
      },
    ],
  ])("%s", (_name, rule, given) => {
    const decision = create(given);
    expect(injected(decision)).toEqual({});
    expect(Object.values(leftOut(decision))).toContain("rule");
    expect(decision.leftOut.map(({ message }) => message).join("\n")).toContain(`${rule}: `);
    expect(rulesOf(decision)).not.toContain(rule);
  });

  it("a target type that the Service behind it states otherwise", () => {
    const services = [service("shop/web", { annotations: { "target-type": "instance" } })];
    expect(injected(create({ values: { targetType: "ip" }, services }))).toEqual({});
  });
});

describe("a value that has nothing to do with what is wrong", () => {
  it("is injected all the same", () => {
    const decision = create({
      values: { scheme: "internet-facing" },
      services: [service("shop/web", { spec: { ...clusterIP, ...ipv6 } })],
    });
    expect(injected(decision)).toEqual({ [alb.scheme]: "internet-facing" });
    expect(rulesOf(decision)).toEqual(["node-port-not-allocated", "ipv6-needs-dualstack"]);
  });
});
