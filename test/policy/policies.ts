import { LoadBalancerPolicy } from "../../src/policy/schema.ts";

type Spec = Readonly<Record<string, unknown>>;

/** What an author writes: a policy document with this spec. */
export function written(spec: unknown, name = "a"): Spec {
  return { apiVersion: "dualstack.dev/v1alpha1", kind: "LoadBalancerPolicy", metadata: { name }, spec };
}

export function policy(name: string, spec: Spec = {}): LoadBalancerPolicy {
  return LoadBalancerPolicy.parse(written(spec, name));
}

/** A spec with every field. */
export const everything = {
  description: "all fields",
  namespaceSelector: {
    matchLabels: { "kubernetes.io/metadata.name": "shop", tier: "" },
    matchExpressions: [
      { key: "team", operator: "In", values: ["web", "api"] },
      { key: "team", operator: "NotIn", values: ["db"] },
      { key: "team", operator: "Exists" },
      { key: "example.com/frozen", operator: "DoesNotExist", values: [] },
    ],
  },
  priority: -5,
  selectable: true,
  overridable: false,
  mode: "Warn",
  existing: "Migrate",
  service: {
    claim: "Class",
    loadBalancerClass: { default: "service.k8s.aws/nlb", allowed: ["service.k8s.aws/nlb", "eks.amazonaws.com/nlb"] },
    ipAddressType: { default: "dualstack", allowed: ["dualstack", "ipv4"] },
    scheme: { default: "internal", allowed: ["internal"] },
    targetType: { default: "ip", allowed: ["ip", "instance"] },
    proxyProtocol: { default: "Off", allowed: ["On", "Off"] },
  },
  ingress: {
    ipAddressType: { default: "dualstack-without-public-ipv4" },
    scheme: { default: "internet-facing" },
    targetType: { default: "instance" },
    groupName: { allowed: ["public-*", "shared", "*"] },
  },
  rules: { "scheme-conflicts-with-internal": "Off", "a-rule-of-a-later-version": "Deny" },
};

/** As much of everything as there may be, and as long. */
export const atEveryBound = {
  description: "🌍".repeat(1024),
  namespaceSelector: {
    matchLabels: Object.fromEntries(
      many(64, (index) => [`${"a".repeat(253)}/${index}${"b".repeat(60)}`, "c".repeat(63)]),
    ),
    matchExpressions: [
      { key: "team", operator: "In", values: many(1000, (index) => `${index}${"d".repeat(59)}`) },
      ...many(63, (index) => ({ key: `k-${index}`, operator: "Exists" })),
    ],
  },
  priority: 2 ** 31 - 1,
  service: {
    loadBalancerClass: { allowed: many(64, (index) => `${"e".repeat(253)}/${index}${"f".repeat(60)}`) },
    ipAddressType: { default: "dualstack", allowed: ["ipv4", "dualstack"] },
  },
  ingress: { groupName: { allowed: many(64, (index) => `${"g".repeat(60)}${index}*`) } },
  rules: Object.fromEntries(many(1000, (index) => [`${"h".repeat(96)}${index}`, "Off"])),
};

function many<T>(count: number, item: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => item(index));
}
