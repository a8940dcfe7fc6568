import { describe, expect, it } from "vitest";
import { gardenerActs, gardenerRewrites } from "../../src/annotations/gardener.ts";

const ignore = "extensions.gardener.cloud/ignore-load-balancer";
const scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const internal = "service.beta.kubernetes.io/aws-load-balancer-internal";
const dualstack = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" };

describe("Gardener's webhook", () => {
  it.each([
    ["an IPv6 cluster", "gardener", "ipv6", true],
    ["a dual-stack cluster", "gardener", "dualstack", true],
    ["an IPv4 cluster", "gardener", "ipv4", false],
    ["a cluster that does not say", "gardener", undefined, true],
    ["another platform", undefined, "dualstack", false],
  ] as const)("on %s", (_name, platform, ipFamily, acts) => {
    expect(gardenerActs({ platform, ipFamily })).toBe(acts);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ["without annotations", {}, true],
    ["with values of its own", { [scheme]: "public", [internal]: "1" }, true],
    ["internal by scheme", { [scheme]: "internal" }, false],
    ["internal by the older annotation", { [internal]: "true" }, false],
    ["ignored", { [ignore]: "true" }, false],
    ["ignored in a word that it does not read", { [ignore]: "True" }, true],
  ])("rewrites a new Service %s: %s", (_name, annotations, rewrites) => {
    expect(gardenerRewrites(annotations, undefined)).toBe(rewrites);
  });

  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ["of any other", {}, {}, false],
    ["of one with dualstack", {}, dualstack, true],
    ["of one with dualstack that is ignored", {}, { ...dualstack, [ignore]: "true" }, false],
    ["of one with dualstack that is internal", {}, { ...dualstack, [scheme]: "internal" }, false],
    ["that takes the ignore annotation away", { [ignore]: "true" }, {}, true],
    ["that takes away one that never counted", { [ignore]: "yes" }, {}, false],
  ])("rewrites in an update %s", (_name, stored, annotations, rewrites) => {
    expect(gardenerRewrites(annotations, stored)).toBe(rewrites);
  });
});
