import { groupAddressTypeConflict } from "../../src/rules/group-address-type-conflict.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, classWithParams, inGroup, keyed, member } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const ipv4 = inGroup({ "ip-address-type": "ipv4" });
const others = [member("team-b/api", { "ip-address-type": "dualstack" })];

testRule(groupAddressTypeConflict, {
  allow: [
    {
      name: "the address type that the group has",
      ingress: inGroup({ "ip-address-type": "dualstack" }),
      cluster: others,
    },
    { name: "none of its own", ingress: inGroup(), cluster: others },
    { name: "no group", ingress: { annotations: keyed({ "ip-address-type": "ipv4" }) }, cluster: others },
    {
      name: "a member that is being deleted",
      ingress: ipv4,
      cluster: [
        {
          kind: "Ingress",
          metadata: {
            namespace: "team-b",
            name: "api",
            deletionTimestamp: "2026-01-01T00:00:00Z",
            ...inGroup({ "ip-address-type": "dualstack" }),
          },
          spec: { ingressClassName: "alb" },
        },
      ],
    },
    {
      name: "IngressClassParams of the other member that win over its annotation",
      ingress: ipv4,
      cluster: [
        member("team-b/api", { "ip-address-type": "dualstack" }, { ingressClassName: "v4" }),
        ...classWithParams("v4", { ipAddressType: "ipv4" }),
      ],
    },
  ],
  deny: [
    { name: "another address type than the group has", ingress: ipv4, cluster: others, fields: [field] },
    {
      name: "a group by IngressClassParams",
      ingress: { annotations: keyed({ "ip-address-type": "ipv4" }), spec: { ingressClassName: "shared" } },
      cluster: [...others, ...classWithParams("shared", { group: { name: "g" } })],
      fields: [field],
    },
    {
      name: "an update",
      old: inGroup({ "ip-address-type": "dualstack" }),
      ingress: ipv4,
      cluster: others,
      fields: [field],
    },
    {
      name: "a change of the class, whose IngressClassParams are at odds with the group",
      old: inGroup(),
      ingress: { ...inGroup(), spec: { ingressClassName: "v4" } },
      cluster: [...others, ...classWithParams("v4", { ipAddressType: "ipv4" })],
      fields: ["spec.ingressClassName"],
    },
  ],
  warn: [
    {
      name: "IngressClassParams of the only other member that nobody knows, which may settle it",
      ingress: ipv4,
      cluster: [
        member("team-b/api", { "ip-address-type": "dualstack" }, { ingressClassName: "pub" }),
        ...classWithParams("pub", {}).slice(0, 1),
      ],
      unsure: ["IngressClassParams"],
      fields: [field],
    },
    {
      name: "EKS Auto Mode, whose source is closed",
      ingress: { annotations: keyed({ "ip-address-type": "ipv4" }), spec: { ingressClassName: "auto" } },
      cluster: [
        member("team-b/api", { "ip-address-type": "dualstack" }, { ingressClassName: "auto" }),
        ...autoModeClass("auto"),
      ],
      fields: [field],
    },
  ],
});
