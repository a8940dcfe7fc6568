import { customerOwnedPoolNeedsIpv4 } from "../../src/rules/customer-owned-pool-needs-ipv4.ts";
import { testRule } from "../support/rule-tester.ts";
import { inGroup, keyed, member } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const pool = { "customer-owned-ipv4-pool": "ipv4pool-coip-1" };

testRule(customerOwnedPoolNeedsIpv4, {
  allow: [
    { name: "an IPv4 ALB", ingress: { annotations: keyed(pool) }, cluster: [] },
    {
      name: "a dual-stack ALB without a pool",
      ingress: { annotations: keyed({ "ip-address-type": "dualstack" }) },
      cluster: [],
    },
    {
      name: "an Ingress that says nothing of either in its group",
      ingress: inGroup(),
      cluster: [member("team-b/api", { ...pool, "ip-address-type": "dualstack" })],
    },
    { name: "a group of which nothing is known", ingress: inGroup(pool) },
  ],
  warn: [
    {
      name: "a dual-stack ALB",
      ingress: { annotations: keyed({ ...pool, "ip-address-type": "dualstack" }) },
      cluster: [],
      fields: [field],
    },
    {
      name: "an ALB without public IPv4",
      ingress: { annotations: keyed({ ...pool, "ip-address-type": "dualstack-without-public-ipv4" }) },
      cluster: [],
      fields: [field],
    },
    {
      name: "a pool for a dual-stack group",
      ingress: inGroup(pool),
      cluster: [member("team-b/api", { "ip-address-type": "dualstack" })],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/customer-owned-ipv4-pool]"],
    },
    {
      name: "an address type for a group with a pool",
      ingress: inGroup({ "ip-address-type": "dualstack" }),
      cluster: [member("team-b/api", pool)],
      fields: [field],
    },
  ],
});
