import { describe, expect, it } from "vitest";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { ClusterProfile } from "../../src/decision/facts.ts";
import { possibleAllocations } from "../../src/decision/unallocated.ts";
import { service } from "../support/subjects.ts";

describe("the families that a Service without any may get", () => {
  it.each([
    ["nothing", "no policy", {}, undefined, ["IPv4", "IPv6"]],
    ["nothing", "SingleStack", {}, "SingleStack", ["IPv4", "IPv6"]],
    ["nothing", "PreferDualStack", {}, "PreferDualStack", ["IPv4", "IPv6", "IPv4,IPv6"]],
    ["nothing", "RequireDualStack", {}, "RequireDualStack", ["IPv4,IPv6"]],
    ["IPv4 first", "no policy", { detectedFamilies: ["IPv4"] }, undefined, ["IPv4"]],
    ["IPv4 first", "SingleStack", { detectedFamilies: ["IPv4"] }, "SingleStack", ["IPv4"]],
    ["IPv4 first", "PreferDualStack", { detectedFamilies: ["IPv4"] }, "PreferDualStack", ["IPv4", "IPv4,IPv6"]],
    ["IPv4 first", "RequireDualStack", { detectedFamilies: ["IPv4"] }, "RequireDualStack", ["IPv4,IPv6"]],
    ["IPv6 first", "no policy", { detectedFamilies: ["IPv6"] }, undefined, ["IPv6"]],
    ["IPv6 first", "PreferDualStack", { detectedFamilies: ["IPv6"] }, "PreferDualStack", ["IPv6", "IPv4,IPv6"]],
    ["both, IPv6 first", "no policy", { detectedFamilies: ["IPv6", "IPv4"] }, undefined, ["IPv6"]],
    ["both", "PreferDualStack", { detectedFamilies: ["IPv4", "IPv6"] }, "PreferDualStack", ["IPv4,IPv6"]],
    ["both, but told ipv4", "no policy", { ipFamily: "ipv4", detectedFamilies: ["IPv6", "IPv4"] }, undefined, ["IPv4"]],
    ["IPv4, but told dualstack", "no policy", dualstack("IPv4"), undefined, ["IPv4", "IPv6"]],
    ["IPv4, but told dualstack", "PreferDualStack", dualstack("IPv4"), "PreferDualStack", ["IPv4,IPv6"]],
  ] as const)("known of the cluster: %s; %s", (_known, _policy, profile, ipFamilyPolicy, families) => {
    expect(allocated({ ipFamilyPolicy }, profile)).toEqual(families);
  });
});

it("families that are written stand, whatever was detected", () => {
  expect(allocated({ ipFamilies: ["IPv6"] }, { detectedFamilies: ["IPv4"] })).toEqual(["IPv6"]);
});

describe("an update without families, of a stored Service", () => {
  it("keeps a family that need not be the cluster's first", () => {
    const old = { spec: { type: "ClusterIP", ipFamilies: ["IPv6"] } };
    expect(allocated({}, { detectedFamilies: ["IPv4"] }, old)).toEqual(["IPv4", "IPv6"]);
  });

  it("gets the cluster's first where it had none, as an ExternalName has", () => {
    const old = { spec: { type: "ExternalName", externalName: "example.com" } };
    expect(allocated({}, { detectedFamilies: ["IPv4"] }, old)).toEqual(["IPv4"]);
  });
});

function dualstack(detected: "IPv4" | "IPv6") {
  return { ipFamily: "dualstack", detectedFamilies: [detected] } as const;
}

function allocated(
  spec: Readonly<Record<string, unknown>>,
  profile: Partial<ClusterProfile>,
  old?: Parameters<typeof service>[0],
): readonly (string | undefined)[] {
  const subject = service({ spec }, { old, phase: "mutating" });
  const views = possibleAllocations(subject.object, { ...defaultProfile, ...profile }, subject.old);
  return views.map(({ ipFamilies }) => ipFamilies?.join());
}
