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
  ])("lets an update pass that lessens or restates an old fault: %s", (_name, old, parts) => {
    expect(denied(update(old, parts))).toEqual([]);
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
