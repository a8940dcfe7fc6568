import { publicIpv4Removed } from "../../src/rules/public-ipv4-removed.ts";
import { testRule } from "../support/rule-tester.ts";
import { built, builtIn, status } from "./built-members.ts";
import { classWithParams, inGroup, keyed } from "./group-members.ts";

const without = { "ip-address-type": "dualstack-without-public-ipv4" };
const field = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";

testRule(publicIpv4Removed, {
  allow: [
    {
      name: "dualstack instead of ipv4",
      cluster: [],
      old: { status },
      ingress: { annotations: keyed({ "ip-address-type": "dualstack" }), status },
    },
    {
      name: "public IPv4 addresses that were not there before",
      cluster: [],
      old: { annotations: keyed(without), status },
      ingress: { annotations: keyed({ ...without, scheme: "internet-facing" }), status },
    },
    {
      name: "a load balancer that is not built yet",
      cluster: [],
      old: inGroup(),
      ingress: inGroup(without),
    },
    {
      name: "an Ingress that says what its group has",
      cluster: [built("team-b/api", without)],
      old: builtIn("g"),
      ingress: builtIn("g", without),
    },
  ],
  deny: [
    {
      name: "an Ingress that takes them from others, too",
      cluster: [built("team-b/api")],
      old: builtIn("g"),
      ingress: builtIn("g", without),
      fields: [field],
    },
    {
      name: "an Ingress that takes them from a group that it joins",
      cluster: [built("team-b/api")],
      old: {},
      ingress: inGroup(without),
      fields: [field],
    },
    {
      name: "an Ingress that takes them from others by its class",
      cluster: [built("team-b/api"), ...classWithParams("v6", { ipAddressType: "dualstack-without-public-ipv4" })],
      old: builtIn("g"),
      ingress: { ...builtIn("g"), spec: { ingressClassName: "v6" } },
      fields: ["spec.ingressClassName"],
    },
  ],
  warn: [
    {
      name: "an Ingress that has a load balancer of its own",
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      old: { annotations: keyed({ "ip-address-type": "dualstack" }), status },
      ingress: { annotations: keyed(without), status },
      fields: [field],
    },
  ],
});
