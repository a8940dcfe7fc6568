import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { denials } from "../../src/decision/decide.ts";
import { rules } from "../../src/rules/index.ts";
import { decided, injected, leftOut, publicDualStack } from "../support/decisions.ts";
import { service } from "../support/subjects.ts";

const facing = { [nlb.targetType]: "ip", [nlb.scheme]: "internet-facing" };
const claimed = { loadBalancerClass: "service.k8s.aws/nlb" };
const mutating = { phase: "mutating" } as const;

function withRules(severities: Readonly<Record<string, string>>, spec: object = publicDualStack) {
  return { policy: { ...spec, rules: severities } };
}

describe("what a policy says of rules", () => {
  it.each([
    ["Off", []],
    ["Warn", [{ severity: "warn" }]],
    ["Deny", [{ severity: "deny" }]],
  ])("%s, of a rule that refuses by itself", (severity, findings) => {
    const id = "invalid-enumeration";
    const faulty = service({ annotations: { ...facing, [nlb.ipAddressType]: "ipv6" }, spec: claimed });
    const decision = decided(faulty, withRules({ [id]: severity }));
    expect(decision.findings.filter(({ rule }) => rule === id)).toMatchObject(findings);
    expect(denials(decision)).toHaveLength(severity === "Deny" ? 1 : 0);
  });

  it.each([
    ["Off", []],
    ["Warn", [{ severity: "warn" }]],
    ["Deny", [{ severity: "deny" }]],
  ])("%s, of a rule that warns by itself", (severity, findings) => {
    const id = "wrong-annotation-prefix";
    expect(rules.find((rule) => rule.id === id)?.severity).toBe("warn");
    const faulty = service({
      annotations: { ...facing, "alb.ingress.kubernetes.io/scheme": "internal" },
      spec: claimed,
    });
    const decision = decided(faulty, withRules({ [id]: severity }, {}));
    expect(decision.findings.filter(({ rule }) => rule === id)).toMatchObject(findings);
    expect(denials(decision).map(({ rule }) => rule)).toEqual(severity === "Deny" ? [id] : []);
  });

  it("an id that no rule has changes nothing", () => {
    const subject = service({ annotations: { [nlb.scheme]: "public" } }, mutating);
    expect(decided(subject, withRules({ "no-such-rule": "Off" }))).toEqual({
      ...decided(subject, withRules({})),
      policy: expect.anything() as unknown,
    });
  });

  const udp = { spec: { ports: [{ port: 53, protocol: "UDP" }], ipFamilies: ["IPv4"] } };
  const blocker = "dualstack-udp-needs-ipv6-targets";

  it.each(["Deny", "Warn", "Off"])("%s for the rule that blocks an injection never lets it in", (severity) => {
    const decision = decided(service(udp, mutating), withRules({ [blocker]: severity }));
    expect(leftOut(decision)).toMatchObject({ [nlb.ipAddressType]: "rule" });
    expect(injected(decision)).not.toHaveProperty([nlb.ipAddressType]);
    expect(decision).toEqual({
      ...decided(service(udp, mutating), withRules({})),
      policy: expect.anything() as unknown,
    });
  });

  it("Deny for a rule that only warns leaves out the injection that it would then refuse", () => {
    const id = "dualstack-with-own-security-groups";
    expect(rules.find((rule) => rule.id === id)).toMatchObject({ severity: "warn" });
    const own = {
      annotations: { ...facing, [nlb.securityGroups]: "sg-1" },
      spec: { ...claimed, ipFamilies: ["IPv4"] },
    };
    expect(injected(decided(service(own, mutating), withRules({})))).toHaveProperty([nlb.ipAddressType], "dualstack");
    const decision = decided(service(own, mutating), withRules({ [id]: "Deny" }));
    expect(injected(decision)).not.toHaveProperty([nlb.ipAddressType]);
    expect(leftOut(decision)).toMatchObject({ [nlb.ipAddressType]: "rule" });
    expect(denials(decision)).toEqual([]);
  });
});
