import { backendLosesBoundFamily } from "../../src/rules/backend-loses-bound-family.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawBinding } from "../support/subjects.ts";
import { ingressWith, plain } from "./backends.ts";

const dualstack = plain({ ipFamilies: ["IPv4", "IPv6"] });
const ipv6 = plain({ ipFamilies: ["IPv6"] });
const bound = (ipAddressType: string | undefined) => rawBinding({ spec: { ipAddressType } });
const fields = ["spec.ipFamilies"] as const;

testRule(backendLosesBoundFamily, {
  allow: [
    { name: "IPv6 joins", service: dualstack, old: plain(), cluster: [bound("ipv4")] },
    {
      name: "IPv6 goes from beside IPv4",
      service: plain(),
      old: dualstack,
      cluster: [bound("ipv4"), bound(undefined)],
    },
    { name: "IPv4 goes from beside IPv6", service: ipv6, old: dualstack, cluster: [bound("ipv6")] },
    { name: "an Ingress", service: ipv6, old: dualstack, cluster: [ingressWith({})] },
    {
      name: "all families go with the type",
      service: plain({ type: "ExternalName", ipFamilies: undefined }),
      old: dualstack,
      cluster: [bound("ipv4")],
    },
    { name: "the binding is being deleted", service: ipv6, old: dualstack, cluster: [deleted(bound("ipv4"))] },
  ],
  deny: [
    { name: "IPv4 goes", service: ipv6, old: dualstack, cluster: [bound("ipv4")], fields },
    { name: "IPv4 goes, which nothing said means", service: ipv6, old: dualstack, cluster: [bound(undefined)], fields },
    { name: "IPv6 goes", service: plain(), old: dualstack, cluster: [bound("ipv6")], fields },
    {
      name: "a binding of EKS Auto Mode",
      service: plain(),
      old: dualstack,
      cluster: [rawBinding({ apiVersion: "eks.amazonaws.com/v1", spec: { ipAddressType: "ipv6" } })],
      fields,
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode may have found out the family by itself",
      service: ipv6,
      old: dualstack,
      cluster: [rawBinding({ apiVersion: "eks.amazonaws.com/v1", spec: { ipAddressType: undefined } })],
      fields,
    },
  ],
});

function deleted(binding: Readonly<Record<string, unknown>>): unknown {
  return { ...binding, metadata: { namespace: "shop", name: "web", deletionTimestamp: "2026-01-01T00:00:00Z" } };
}
