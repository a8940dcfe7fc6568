import { bindingFamilyMismatch } from "../../src/rules/binding-family-mismatch.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawService } from "../support/subjects.ts";

const serviceWith = (...ipFamilies: readonly string[]) => [rawService({ spec: { type: "ClusterIP", ipFamilies } })];
const typed = (ipAddressType: string | undefined) => ({ spec: { ipAddressType } });
const autoMode = { apiVersion: "eks.amazonaws.com/v1" } as const;
const fields = ["spec.ipAddressType"] as const;

testRule(bindingFamilyMismatch, {
  allow: [
    { name: "ipv4 on an IPv4 Service", binding: typed("ipv4"), cluster: serviceWith("IPv4") },
    { name: "nothing on an IPv4 Service", binding: typed(undefined), cluster: serviceWith("IPv4") },
    { name: "ipv6 on an IPv6 Service", binding: typed("ipv6"), cluster: serviceWith("IPv6") },
    { name: "ipv4 on a dual-stack Service", binding: typed("ipv4"), cluster: serviceWith("IPv6", "IPv4") },
    { name: "ipv6 on a dual-stack Service", binding: typed("ipv6"), cluster: serviceWith("IPv4", "IPv6") },
    { name: "the Service has no families", binding: typed("ipv6"), cluster: serviceWith() },
    { name: "no such Service", binding: typed("ipv6"), cluster: [] },
    { name: "nothing is known of the cluster", binding: typed("ipv6") },
  ],
  deny: [
    { name: "ipv6 on an IPv4 Service", binding: typed("ipv6"), cluster: serviceWith("IPv4"), fields },
    { name: "ipv4 on an IPv6 Service", binding: typed("ipv4"), cluster: serviceWith("IPv6"), fields },
    { name: "nothing means ipv4", binding: typed(undefined), cluster: serviceWith("IPv6"), fields },
    {
      name: "of EKS Auto Mode",
      binding: { ...autoMode, ...typed("ipv6") },
      cluster: serviceWith("IPv4"),
      fields,
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode may find out what is not given",
      binding: { ...autoMode, ...typed(undefined) },
      cluster: serviceWith("IPv6"),
      fields,
    },
  ],
});
