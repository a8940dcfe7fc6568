import { groupAlreadyBroken } from "../../src/rules/group-already-broken.ts";
import { testRule } from "../support/rule-tester.ts";
import { inGroup, keyed, member } from "./group-members.ts";

const group = "metadata.annotations[alb.ingress.kubernetes.io/group.name]";
const order = "metadata.annotations[alb.ingress.kubernetes.io/group.order]";
const https = { "certificate-arn": "arn:aws:acm:eu-west-1:1:certificate/a" };
const to443 = member("team-b/api", { "ssl-redirect": "443" });
const internal = member("team-b/api", { scheme: "internal" });
const internetFacing = member("team-c/api", { scheme: "internet-facing" });

function leaving(attributes?: string): object {
  const stated = attributes === undefined ? {} : { "load-balancer-attributes": attributes };
  const annotations = keyed({ "group.name": "g", ...stated });
  return {
    kind: "Ingress",
    metadata: {
      namespace: "team-b",
      name: "api",
      annotations,
      deletionTimestamp: "2026-01-01T00:00:00Z",
      finalizers: ["group.ingress.k8s.aws/g"],
    },
    spec: { ingressClassName: "alb" },
  };
}

testRule(groupAlreadyBroken, {
  allow: [
    { name: "members that agree", ingress: inGroup(), cluster: [internal, member("team-c/api")] },
    { name: "a group of its own", ingress: { annotations: keyed({}) }, cluster: [internal, internetFacing] },
    {
      name: "a contradiction of its own, for which another rule speaks",
      ingress: inGroup({ scheme: "internal" }),
      cluster: [internetFacing],
    },
    {
      name: "an order of its own that cannot be read, for which another rule speaks",
      ingress: inGroup({ "group.order": "x" }),
      cluster: [internal],
    },
    {
      name: "a redirect that it takes the listener from, for which another rule speaks",
      old: inGroup(https),
      ingress: inGroup(),
      cluster: [to443],
    },
    {
      name: "a redirect to nowhere that it has, too, for which another rule speaks",
      ingress: inGroup({ "ssl-redirect": "443" }),
      cluster: [to443],
    },
    {
      name: "one that is leaving and says nothing of deletion",
      ingress: inGroup(),
      cluster: [leaving()],
    },
    {
      name: "one that has left, and is not being deleted",
      ingress: inGroup(),
      cluster: [
        {
          kind: "Ingress",
          metadata: {
            namespace: "team-b",
            name: "api",
            annotations: keyed({ "load-balancer-attributes": "deletion_protection.enabled=true" }),
            finalizers: ["group.ingress.k8s.aws/g"],
          },
          spec: { ingressClassName: "alb" },
        },
      ],
    },
    {
      name: "a member that may be deleted",
      ingress: inGroup(),
      cluster: [leaving("deletion_protection.enabled=false")],
    },
    {
      name: "an unknown scheme of its own, for which another rule speaks",
      ingress: inGroup({ scheme: "public" }),
      cluster: [member("team-b/api", { scheme: "public" })],
    },
  ],
  warn: [
    {
      name: "a redirect to nowhere that was there before an update",
      old: inGroup(),
      ingress: inGroup({ tags: "A=1" }),
      cluster: [to443],
      fields: [group],
    },
    {
      name: "the same for one that moves to another place in the group",
      old: inGroup(),
      ingress: inGroup({ "group.order": "1" }),
      cluster: [to443],
      fields: [order],
    },
    {
      name: "a group that it comes to, be its place what it may",
      old: { annotations: keyed({}) },
      ingress: inGroup({ "group.order": "1" }),
      cluster: [internal, internetFacing],
      fields: [group],
    },
    {
      name: "a group whose members contradict each other",
      ingress: inGroup(),
      cluster: [internal, internetFacing],
      fields: [group],
    },
    {
      name: "a member whose order cannot be read",
      ingress: inGroup(),
      cluster: [member("team-b/api", { "group.order": "x" })],
      fields: [group],
    },
    {
      name: "a member that cannot be deleted",
      ingress: inGroup(),
      cluster: [leaving("deletion_protection.enabled=true")],
      fields: [group],
    },
    {
      name: "a member whose deletion protection cannot be read",
      ingress: inGroup(),
      cluster: [leaving("deletion_protection")],
      fields: [group],
    },
    {
      name: "a member with an unknown scheme and address type",
      ingress: inGroup(),
      cluster: [member("team-b/api", { scheme: "public", "ip-address-type": "ipv6" })],
      fields: [group, group],
    },
    {
      name: "a member that redirects to nowhere",
      ingress: inGroup(),
      cluster: [member("team-b/api", { "ssl-redirect": "443" })],
      fields: [group],
    },
  ],
});
