import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { reportDecision } from "../../src/server/decision-log.ts";
import { buildMetrics } from "../../src/server/metrics.ts";
import { nothingYet } from "../support/scraped.ts";
import { rawService } from "../support/subjects.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

const faulty = rawService({
  spec: { loadBalancerClass: "service.k8s.aws/nlb" },
  annotations: { [nlb.scheme]: "public" },
});

/** The line of the log and the metrics of one call. */
async function reported(url: "/mutate" | "/validate", mode: "Enforce" | "Warn", { isCanarys } = { isCanarys: false }) {
  const { app, answered } = buildApp({ mode });
  await app.inject({
    method: "POST",
    url,
    headers: { "content-type": "application/json" },
    payload: JSON.stringify(reviewOf(faulty)),
  });
  const metrics = buildMetrics(nothingYet);
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  for (const one of answered) reportDecision(one, { version: "1.2.3", write, metrics, isCanarys });
  const rendered = (await metrics.render()).split("\n");
  const counts = rendered.filter((line) => /^dualstack_(policy|injected)/.test(line));
  const requests = rendered.filter((line) => line.startsWith("dualstack_admission_requests_total{"));
  return {
    requests,
    line: JSON.parse(lines.join("\n")) as Readonly<Record<string, unknown>>,
    counts,
  };
}

describe("what a decision leaves behind", () => {
  it("where values are injected", async () => {
    const { line, counts } = await reported("/mutate", "Enforce");
    expect(line).toMatchObject({ outcome: "patched", injected: [nlb.targetType, nlb.ipAddressType] });
    expect(line).not.toHaveProperty("wouldInject");
    expect(counts).toEqual([
      'dualstack_injected_values_total{setting="service.targetType",action="inject"} 1',
      'dualstack_injected_values_total{setting="service.ipAddressType",action="inject"} 1',
    ]);
  });

  it("where they would be, were the policy's mode Enforce", async () => {
    const { line, counts } = await reported("/mutate", "Warn");
    expect(line).toMatchObject({
      outcome: "allowed",
      injected: [],
      wouldInject: [nlb.targetType, nlb.ipAddressType],
    });
    expect(counts).toEqual([
      'dualstack_injected_values_total{setting="service.targetType",action="shadow-inject"} 1',
      'dualstack_injected_values_total{setting="service.ipAddressType",action="shadow-inject"} 1',
    ]);
  });

  const counted = (rule: string, action: string) =>
    `dualstack_policy_violations_total{policy="public-dualstack",rule="${rule}",action="${action}"} 1`;

  it("where a request is refused", async () => {
    const { line, counts } = await reported("/validate", "Enforce");
    expect(line).toMatchObject({ outcome: "denied", rules: ["invalid-enumeration", "policy-not-applied"] });
    expect(line).not.toHaveProperty("wouldDeny");
    expect(counts[0]).toBe(counted("invalid-enumeration", "deny"));
  });

  it("where it was the canary: a call like any other, without findings that would set off alerts", async () => {
    const refused = await reported("/validate", "Enforce", { isCanarys: true });
    expect(refused.line).toMatchObject({ outcome: "denied", rules: ["invalid-enumeration", "policy-not-applied"] });
    expect(refused.requests).toHaveLength(1);
    expect(refused.counts).toEqual([]);
    const patched = await reported("/mutate", "Enforce", { isCanarys: true });
    expect(patched.line).toMatchObject({ outcome: "patched" });
    expect(patched.counts).toEqual([]);
  });

  it("where one would be", async () => {
    const { line, counts } = await reported("/validate", "Warn");
    expect(line).toMatchObject({ outcome: "allowed", wouldDeny: ["invalid-enumeration"] });
    expect(counts).toEqual([counted("invalid-enumeration", "shadow-deny")]);
  });
});
