import { sharedLoadBalancerChanged } from "../../src/rules/shared-load-balancer-changed.ts";
import { testRule } from "../support/rule-tester.ts";
import { built, builtIn, status } from "./built-members.ts";
import { classWithParams, inGroup, member } from "./group-members.ts";

const scheme = "metadata.annotations[alb.ingress.kubernetes.io/scheme]";
const addressType = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const facing = { scheme: "internet-facing" };

testRule(sharedLoadBalancerChanged, {
  allow: [
    { name: "the first Ingress of a group", cluster: [], ingress: inGroup(facing) },
    { name: "an Ingress that joins and states nothing", cluster: [built("team-b/api")], ingress: inGroup() },
    {
      name: "an Ingress that joins and states what is in force",
      cluster: [built("team-b/api")],
      ingress: inGroup({ scheme: "internal", "ip-address-type": "ipv4" }),
    },
    {
      name: "an Ingress that joins and states what another member states",
      cluster: [built("team-b/api", facing)],
      ingress: inGroup(facing),
    },
    {
      name: "an Ingress that joins a group whose load balancer is not built",
      cluster: [member("team-b/api")],
      ingress: inGroup(facing),
    },
    {
      name: "an Ingress that joins a group of which not all members are known",
      cluster: [built("team-b/api")],
      unsure: ["Ingress"],
      ingress: inGroup(facing),
    },
    {
      name: "another scheme by an update, which may be confirmed by another rule",
      cluster: [built("team-b/api")],
      old: builtIn("g"),
      ingress: builtIn("g", facing),
    },
    {
      name: "another address type of an Ingress that nobody shares a load balancer with",
      cluster: [],
      old: builtIn("g"),
      ingress: builtIn("g", { "ip-address-type": "dualstack" }),
    },
    {
      name: "IPv6 taken away by an update, which another rule says",
      cluster: [built("team-b/api")],
      old: builtIn("g", { "ip-address-type": "dualstack" }),
      ingress: builtIn("g"),
    },
    {
      name: "public IPv4 taken away by an update, which another rule says",
      cluster: [built("team-b/api")],
      old: builtIn("g"),
      ingress: builtIn("g", { "ip-address-type": "dualstack-without-public-ipv4" }),
    },
  ],
  deny: [
    {
      name: "an Ingress that joins and states another scheme than the one in force",
      cluster: [built("team-b/api")],
      ingress: inGroup(facing),
      fields: [scheme],
    },
    {
      name: "an Ingress that joins a group which is being built",
      cluster: [
        {
          kind: "Ingress",
          metadata: { namespace: "team-b", name: "api", finalizers: ["group.ingress.k8s.aws/g"], ...inGroup() },
          spec: { ingressClassName: "alb" },
        },
      ],
      ingress: inGroup(facing),
      fields: [scheme],
    },
    {
      name: "an Ingress whose class does both",
      cluster: [
        built("team-b/api"),
        ...classWithParams("theirs", { scheme: "internet-facing", ipAddressType: "dualstack-without-public-ipv4" }),
      ],
      ingress: { ...inGroup(), spec: { ingressClassName: "theirs" } },
      fields: ["spec.ingressClassName", "spec.ingressClassName"],
    },
    {
      name: "an Ingress that joins and takes the public IPv4 addresses away",
      cluster: [built("team-b/api")],
      ingress: inGroup({ "ip-address-type": "dualstack-without-public-ipv4" }),
      fields: [addressType],
    },
  ],
  warn: [
    {
      name: "an Ingress that joins and makes the load balancer dual-stack",
      cluster: [built("team-b/api")],
      ingress: inGroup({ "ip-address-type": "dualstack" }),
      fields: [addressType],
    },
    {
      name: "a member that makes it so later",
      cluster: [built("team-b/api")],
      old: builtIn("g"),
      ingress: builtIn("g", { "ip-address-type": "dualstack" }),
      fields: [addressType],
    },
    {
      name: "a member that gives the public IPv4 addresses back",
      cluster: [built("team-b/api")],
      old: builtIn("g", { "ip-address-type": "dualstack-without-public-ipv4" }),
      ingress: { ...builtIn("g", { "ip-address-type": "dualstack" }), status },
      fields: [addressType],
    },
  ],
});
