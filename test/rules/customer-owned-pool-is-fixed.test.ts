import { customerOwnedPoolIsFixed } from "../../src/rules/customer-owned-pool-is-fixed.ts";
import { testRule } from "../support/rule-tester.ts";
import { builtIn } from "./built-members.ts";
import { inGroup } from "./group-members.ts";

const pool = { "customer-owned-ipv4-pool": "ipv4pool-coip-1" };
const fields = ["metadata.annotations[alb.ingress.kubernetes.io/customer-owned-ipv4-pool]"] as const;

testRule(customerOwnedPoolIsFixed, {
  allow: [
    {
      name: "a pool that stays",
      cluster: [],
      old: builtIn("g", pool),
      ingress: builtIn("g", { ...pool, tags: "A=1" }),
    },
    { name: "a pool before the load balancer is built", cluster: [], old: inGroup(), ingress: inGroup(pool) },
    {
      name: "a pool of a load balancer that is replaced",
      cluster: [],
      old: builtIn("g"),
      ingress: builtIn("g", { ...pool, scheme: "internet-facing" }),
    },
    { name: "a pool of a new load balancer", cluster: [], old: builtIn("g"), ingress: builtIn("h", pool) },
  ],
  warn: [
    { name: "a pool added", cluster: [], old: builtIn("g"), ingress: builtIn("g", pool), fields },
    { name: "a pool taken away", cluster: [], old: builtIn("g", pool), ingress: builtIn("g"), fields },
  ],
});
