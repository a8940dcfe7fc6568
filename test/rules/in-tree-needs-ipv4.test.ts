import { inTreeNeedsIpv4 as rule } from "../../src/rules/in-tree-needs-ipv4.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(rule, {
  allow: [
    { name: "IPv4 alone", service: { spec: { ipFamilies: ["IPv4"] } } },
    { name: "IPv6 beside IPv4, which it serves over IPv4", service: { spec: { ipFamilies: ["IPv6", "IPv4"] } } },
    { name: "families that are not allocated yet", service: {} },
    {
      name: "IPv6 alone with the AWS controller's class",
      service: { spec: { ipFamilies: ["IPv6"], loadBalancerClass: "service.k8s.aws/nlb" } },
    },
  ],
  deny: [{ name: "IPv6 alone", service: { spec: { ipFamilies: ["IPv6"] } }, fields: ["spec.ipFamilies"] }],
});
