import { ipamPoolNeedsPublicIpv4 } from "../../src/rules/ipam-pool-needs-public-ipv4.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/ipam-ipv4-pool-id]";
const pool = { "ipam-ipv4-pool-id": "ipam-pool-1" };
const isPublic = { scheme: "internet-facing" };
const without = { "ip-address-type": "dualstack-without-public-ipv4" };

testRule(ipamPoolNeedsPublicIpv4, {
  allow: [
    { name: "an internet-facing ALB", ingress: { annotations: keyed({ ...pool, ...isPublic }) }, cluster: [] },
    {
      name: "an internal ALB without a pool",
      ingress: { annotations: keyed({ "ipam-ipv4-pool-id": "" }) },
      cluster: [],
    },
    { name: "a group that is internet-facing", ingress: inGroup(pool), cluster: [member("team-b/api", isPublic)] },
    { name: "a pool of others", ingress: inGroup(), cluster: [member("team-b/api", pool)] },
    { name: "a group of which nothing is known", ingress: inGroup(pool) },
    {
      name: "the pool of a class that is not that of the first member",
      ingress: { ...inGroup({ "group.order": "1" }), spec: { ingressClassName: "c" } },
      cluster: [
        member("team-b/api"),
        ...classWithParams("c", { ipamConfiguration: { ipv4IPAMPoolId: "ipam-pool-1" } }),
      ],
    },
    {
      name: "IngressClassParams of the first member that nobody knows",
      ingress: inGroup({ ...pool, "group.order": "1" }),
      cluster: [
        member("team-b/api", { scheme: "internal" }, { ingressClassName: "c" }),
        ...classWithParams("c", {}).slice(0, 1),
        member("team-c/api", { scheme: "internal" }),
      ],
      unsure: ["IngressClassParams"],
    },
    {
      name: "the pool of the class of another member, the first one",
      ingress: inGroup({ "group.order": "1" }),
      cluster: [
        member("team-b/api", {}, { ingressClassName: "c" }),
        ...classWithParams("c", { ipamConfiguration: { ipv4IPAMPoolId: "ipam-pool-1" } }),
      ],
    },
  ],
  warn: [
    { name: "an ALB that is internal by default", ingress: { annotations: keyed(pool) }, cluster: [], fields: [field] },
    {
      name: "an ALB without public IPv4",
      ingress: { annotations: keyed({ ...pool, ...isPublic, ...without }) },
      cluster: [],
      fields: [field],
    },
    {
      name: "a scheme for a group with a pool",
      ingress: inGroup({ scheme: "internal" }),
      cluster: [member("team-b/api", pool)],
      profile: { defaultScheme: "internet-facing" },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "an address type for a group with a pool",
      ingress: inGroup(without),
      cluster: [member("team-b/api", { ...pool, ...isPublic })],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]"],
    },
    {
      name: "the pool of the class",
      ingress: { spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { ipamConfiguration: { ipv4IPAMPoolId: "ipam-pool-1" } }),
      fields: ["spec.ingressClassName"],
    },
  ],
});
