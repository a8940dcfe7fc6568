import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { annotationField } from "../../src/decision/rule.ts";
import type { Basis, Rule } from "../../src/decision/rule.ts";
import { forgedCase, forgedRule, rejected } from "./forged.ts";
import type { Parts } from "./forged.ts";
import { judge } from "./judge.ts";
import type { Comparison } from "./comparison.ts";
import type { Judgement } from "./judge.ts";

const scheme = annotationField(nlb.scheme);
const unknownScheme = rejected("unknown scheme: x");

describe("recall", () => {
  it("agrees where a refusal names the field at fault, whatever else is refused", () => {
    const rules = [forgedRule({ id: "other", field: "spec.ports" }), forgedRule({ field: scheme })];
    expect(compared("recall", { verdict: unknownScheme }, rules)).toEqual({ of: "recall", result: "agree" });
  });

  it("disagrees where we accept, and where only another field is refused", () => {
    const expectedFields = [scheme];
    expect(compared("recall", { verdict: unknownScheme }, [])).toEqual({
      of: "recall",
      result: "disagree",
      reason: "we accept it",
      expectedFields,
    });
    expect(
      compared("recall", { verdict: unknownScheme }, [forgedRule({ field: annotationField(nlb.internal) })]),
    ).toEqual({
      of: "recall",
      result: "disagree",
      reason: "we refuse it, but for another field",
      expectedFields,
    });
  });

  it("a warning is no refusal", () => {
    const warning = forgedRule({ field: scheme, severity: "warn" });
    expect(compared("recall", { verdict: unknownScheme }, [warning])).toMatchObject({ result: "disagree" });
  });

  it("a text that no pattern knows is a disagreement even where we refuse", () => {
    const found = compared("recall", { verdict: rejected("unheard of") }, [forgedRule({ field: scheme })]);
    expect(found).toMatchObject({ result: "disagree", reason: "unknown error text: unheard of" });
  });

  it("of a text that differs from run to run, any counts", () => {
    const errorVariants = ["unknown scheme: x", "unsupported protocol for merging: SCTP"];
    const verdict = { ...rejected("<unstable>"), errorVariants };
    expect(compared("recall", { verdict }, [forgedRule({ field: "spec.ports[1]" })])).toMatchObject({
      result: "agree",
    });
    expect(compared("recall", { verdict }, [forgedRule({ field: "spec.type" })])).toMatchObject({ result: "disagree" });
  });

  const missing = "failed to list subnets by names or IDs: couldn't find all subnets, missing names: [nope]";
  const annotations = { [nlb.subnets]: "nope" };

  it("excuses what only AWS can tell", () => {
    const found = compared("recall", { annotations, verdict: rejected(missing) }, []);
    expect(found).toEqual({ of: "recall", result: "undecidable", property: "names-subnets" });
  });

  it("counts it as agreement where we tell all the same", () => {
    const found = compared("recall", { annotations, verdict: rejected(missing) }, [
      forgedRule({ field: annotationField(nlb.subnets) }),
    ]);
    expect(found).toMatchObject({ result: "agree" });
  });

  it("excuses no text beside which another run has one that is ours to tell", () => {
    const verdict = { ...rejected("<unstable>"), errorVariants: [missing, "unknown scheme: x"] };
    expect(compared("recall", { annotations, verdict }, [])).toMatchObject({ result: "disagree" });
  });
});

describe("precision", () => {
  it.each<[Basis, Comparison["result"]]>([
    ["aws", "agree"],
    ["controller", "disagree"],
    ["ignored-intent", "disagree"],
    ["update-hazard", "disagree"],
    ["policy", "disagree"],
  ])("a refusal on the basis %s of what the controller accepts: %s", (basis, result) => {
    const judgement = judge(forgedCase({}), [forgedRule({ id: "no-such-port", basis })]);
    expect(of("precision", judgement)).toMatchObject({ result });
    expect(judgement.refusedForAws).toEqual(basis === "aws" ? ["no-such-port"] : []);
  });

  it("names the rules that refuse, not those that AWS is behind", () => {
    const rules = [
      forgedRule({ id: "first" }),
      forgedRule({ id: "second", basis: "aws" }),
      forgedRule({ id: "third" }),
    ];
    expect(compared("precision", {}, rules)).toMatchObject({
      reason:
        "first refuses it at spec.type, and its basis is controller; third refuses it at spec.type, and its basis is controller",
    });
  });

  it("a rule without a source proves nothing", () => {
    expect(compared("precision", {}, [forgedRule({ basis: "aws", source: "" })])).toMatchObject({ result: "disagree" });
  });

  const later = { webhook: { targetGroupBindingError: "QUIC protocol is not supported for Instance target types." } };
  const quic = annotationField(nlb.quicEnabledPorts);

  it("what the TargetGroupBinding webhook stops may be refused, for its fault", () => {
    const judgement = judge(forgedCase({ verdict: later }), [forgedRule({ field: quic })]);
    expect([of("precision", judgement)?.result, judgement.refusedLater]).toEqual(["agree", true]);
    expect(compared("precision", { verdict: later }, [forgedRule({ field: scheme })])).toMatchObject({
      result: "disagree",
    });
    expect(compared("precision", {}, [forgedRule({ field: quic })])).toMatchObject({ result: "disagree" });
  });

  it("what it stops may be accepted as well", () => {
    const judgement = judge(forgedCase({ verdict: later }), []);
    expect([of("precision", judgement)?.result, judgement.refusedLater]).toEqual(["agree", false]);
  });
});

describe("ownership", () => {
  const elsewhere = { spec: { loadBalancerClass: "corp.example/nlb" } };
  const notOwned = { ...rejected(""), owned: false, error: null };

  it("agrees on both sides", () => {
    expect(compared("ownership", {})).toMatchObject({ result: "agree" });
    expect(compared("ownership", { ...elsewhere, verdict: notOwned })).toMatchObject({ result: "agree" });
  });

  it("disagrees on both sides", () => {
    expect(compared("ownership", { ...elsewhere })).toMatchObject({
      reason: "the controller builds it, and we say that it does not",
    });
    expect(compared("ownership", { verdict: notOwned })).toMatchObject({
      reason: "the controller does not build it, and we say that it does",
    });
  });

  it("is compared of what is rejected, too", () => {
    expect(measured({ verdict: unknownScheme })).toEqual(["recall", "ownership"]);
  });

  it("is all that is compared of what others build, since the verdict says nothing else", () => {
    expect(measured({ ...elsewhere, verdict: notOwned })).toEqual(["ownership"]);
  });
});

describe("outcome", () => {
  const target = { service: "shop/web", port: 80, targetType: "instance", proxyProtocolV2: false };
  const balancer = { scheme: "internal", ipAddressType: "ipv4" };

  it("agrees where all is what we read", () => {
    expect(compared("outcome", {})).toMatchObject({ result: "agree" });
  });

  it.each<[string, Parts]>([
    [
      "scheme is internet-facing, and we read internal",
      { verdict: { loadBalancer: { ...balancer, scheme: "internet-facing" } } },
    ],
    [
      "address type is dualstack, and we read ipv4",
      { verdict: { loadBalancer: { ...balancer, ipAddressType: "dualstack" } } },
    ],
    [
      "target type of port 80 is ip, and we read instance",
      { verdict: { targetGroups: [{ ...target, targetType: "ip" }] } },
    ],
    [
      "proxy protocol of port 80 is true, and we read false",
      { verdict: { targetGroups: [{ ...target, proxyProtocolV2: true }] } },
    ],
    ["proxy protocol of port 80 is false, and we read true", { annotations: { [nlb.proxyProtocol]: "*" } }],
    [
      "proxy protocol of port 81 is false, and we read nothing",
      { verdict: { targetGroups: [{ ...target, port: 81 }] } },
    ],
  ])("%s", (reason, parts) => {
    expect(compared("outcome", parts)).toMatchObject({ result: "disagree", reason });
  });

  it("looks at each port, by name where the verdict has it by name", () => {
    const ports = [
      { name: "http", port: 80, nodePort: 30080 },
      { name: "tls", port: 443, nodePort: 30443 },
    ];
    const annotations = { [nlb.proxyProtocolPerTargetGroup]: "443" };
    const groups = (on: boolean): Readonly<Record<string, unknown>> => ({
      targetGroups: [target, { ...target, port: "tls", proxyProtocolV2: on }],
    });
    expect(compared("outcome", { annotations, spec: { ports }, verdict: groups(true) })).toMatchObject({
      result: "agree",
    });
    expect(compared("outcome", { annotations, spec: { ports }, verdict: groups(false) })).toMatchObject({
      reason: "proxy protocol of port tls is false, and we read true",
    });
  });

  it("leaves out target groups of other Services, and models that differ from run to run", () => {
    const other = { ...target, service: "shop/web-v2", port: 8080, proxyProtocolV2: true };
    expect(compared("outcome", { verdict: { targetGroups: [target, other] } })).toMatchObject({ result: "agree" });
    expect(measured({ verdict: { unstableOutcome: true } })).toEqual(["precision", "ownership"]);
  });
});

it("rules see what is known of the load balancer that exists", () => {
  const seen = forgedRule({ reports: ({ inForce }) => inForce.scheme === "internet-facing" });
  const parts = { verdict: rejected('unsupported service type "ClusterIP" for load balancer target type "x"') };
  expect(compared("recall", { ...parts, world: { existingScheme: "internet-facing" } }, [seen])).toMatchObject({
    result: "agree",
  });
  expect(compared("recall", parts, [seen])).toMatchObject({ result: "disagree" });
});

describe("classes apart", () => {
  const deleted = { metadata: { deletionTimestamp: "2026-08-20T10:00:00Z" } };
  const failing = { ...rejected("deletion_protection is enabled, cannot delete the service: web"), owned: false };
  const refusing = [forgedRule({})];

  it("what is being deleted is never refused", () => {
    expect(judge(forgedCase({ ...deleted, verdict: failing }), refusing).comparisons).toEqual([
      { of: "terminating", result: "agree" },
    ]);
  });

  it("a Service of another type is not asked about", () => {
    const nodePort = { spec: { type: "NodePort", loadBalancerClass: undefined } };
    expect(judge(forgedCase(nodePort), refusing).comparisons).toEqual([{ of: "other-type", result: "agree" }]);
  });

  it("an error of a controller that lets go: a warning or a refusal is agreement, silence is not", () => {
    const letGo = { spec: { loadBalancerClass: "corp.example/nlb" }, verdict: failing };
    const result = (rules: readonly Rule[]): unknown => judge(forgedCase(letGo), rules).comparisons;
    expect(result([forgedRule({ severity: "warn" })])).toEqual([{ of: "error-not-owned", result: "agree" }]);
    expect(result(refusing)).toEqual([{ of: "error-not-owned", result: "agree" }]);
    expect(result([])).toMatchObject([{ of: "error-not-owned", result: "disagree" }]);
  });
});

function compared(measure: Comparison["of"], parts: Parts, rules: readonly Rule[] = []): Comparison | undefined {
  return of(measure, judge(forgedCase(parts), rules));
}

function of(measure: Comparison["of"], { comparisons }: Judgement): Comparison | undefined {
  return comparisons.find((each) => each.of === measure);
}

function measured(parts: Parts): readonly string[] {
  return judge(forgedCase(parts), []).comparisons.map((each) => each.of);
}
