import { groupSchemeConflict } from "../../src/rules/group-scheme-conflict.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, classWithParams, inGroup, keyed, member } from "./group-members.ts";

const scheme = "metadata.annotations[alb.ingress.kubernetes.io/scheme]";
const internal = inGroup({ scheme: "internal" });
const others = [member("team-b/api", { scheme: "internet-facing" })];

testRule(groupSchemeConflict, {
  allow: [
    { name: "the scheme that the group has", ingress: inGroup({ scheme: "internet-facing" }), cluster: others },
    { name: "no scheme of its own", ingress: inGroup(), cluster: others },
    {
      name: "another group",
      ingress: { annotations: keyed({ "group.name": "h", scheme: "internal" }) },
      cluster: others,
    },
    { name: "no group", ingress: { annotations: keyed({ scheme: "internal" }) }, cluster: others },
    { name: "other members that nobody knows", ingress: internal },
    {
      name: "another controller's Ingress",
      ingress: { ...internal, spec: { ingressClassName: "nginx" } },
      cluster: [...others, { kind: "IngressClass", metadata: { name: "nginx" }, spec: { controller: "k8s.io/nginx" } }],
    },
    {
      name: "IngressClassParams that win over the annotation, and agree",
      ingress: { ...internal, spec: { ingressClassName: "pub" } },
      cluster: [...others, ...classWithParams("pub", { scheme: "internet-facing" })],
    },
    {
      name: "two others at odds, of whom this one agrees with none for it states nothing",
      ingress: inGroup(),
      cluster: [...others, member("team-c/api", { scheme: "internal" })],
    },
  ],
  deny: [
    { name: "another scheme than the group has", ingress: internal, cluster: others, fields: [scheme] },
    {
      name: "a value that no load balancer can have, since texts are compared",
      ingress: inGroup({ scheme: "" }),
      cluster: others,
      fields: [scheme],
    },
    {
      name: "IngressClassParams against another Ingress",
      ingress: { ...inGroup(), spec: { ingressClassName: "pub" } },
      cluster: [member("team-b/api", { scheme: "internal" }), ...classWithParams("pub", { scheme: "internet-facing" })],
      fields: ["spec.ingressClassName"],
    },
    {
      name: "the annotation of a class annotation, which bypasses IngressClassParams",
      ingress: {
        annotations: { ...internal.annotations, "kubernetes.io/ingress.class": "alb" },
        spec: { ingressClassName: undefined },
      },
      cluster: others,
      fields: [scheme],
    },
    {
      name: "an update, even while others are at odds",
      old: inGroup(),
      ingress: internal,
      cluster: [...others, member("team-c/api", { scheme: "internal" })],
      fields: [scheme],
    },
  ],
  warn: [
    {
      name: "IngressClassParams that nobody knows, which may settle it",
      ingress: { ...internal, spec: { ingressClassName: "pub" } },
      cluster: [...others, ...classWithParams("pub", {}).slice(0, 1)],
      unsure: ["IngressClassParams"],
      fields: [scheme],
    },
    {
      name: "EKS Auto Mode, whose source is closed",
      ingress: { annotations: keyed({ scheme: "internal" }), spec: { ingressClassName: "auto" } },
      cluster: [
        member("team-b/api", { scheme: "internet-facing" }, { ingressClassName: "auto" }),
        ...autoModeClass("auto"),
      ],
      fields: [scheme],
    },
  ],
});
