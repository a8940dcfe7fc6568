import { invalidGroupName } from "../../src/rules/invalid-group-name.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, classWithParams } from "./group-members.ts";

const group = (name: string): { readonly annotations: Readonly<Record<string, string>> } => ({
  annotations: { "alb.ingress.kubernetes.io/group.name": name },
});
const field = "metadata.annotations[alb.ingress.kubernetes.io/group.name]";
const gold = { spec: { ingressClassName: "gold" } };

testRule(invalidGroupName, {
  allow: [
    { name: "no group", ingress: {} },
    {
      name: "a value that would be no name, of another annotation",
      ingress: { annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "Team A" } },
    },
    { name: "letters, digits, hyphens and periods", ingress: group("team-a.2") },
    { name: "63 letters", ingress: group("g".repeat(63)) },
    {
      name: "what IngressClassParams overrule",
      ingress: { ...group("Team A"), ...gold },
      cluster: classWithParams("gold", { group: { name: "team-a" } }),
    },
    {
      name: "what Auto Mode does not read",
      ingress: { ...group("Team A"), ...gold },
      cluster: autoModeClass("gold", { group: undefined }),
    },
    { name: "another controller's Ingress", ingress: { ...group("Team A"), spec: { ingressClassName: "nginx" } } },
  ],
  deny: [
    { name: "a capital letter", ingress: group("Team"), fields: [field] },
    { name: "a hyphen at the end", ingress: group("team-"), fields: [field] },
    { name: "64 letters", ingress: group("g".repeat(64)), fields: [field] },
    { name: "nothing", ingress: group(""), fields: [field] },
    {
      name: "a name of IngressClassParams",
      ingress: gold,
      cluster: classWithParams("gold", { group: { name: "Team" } }),
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an update that makes it illegal",
      ingress: group("Team"),
      old: group("team"),
      fields: [field],
    },
  ],
  warn: [
    {
      name: "IngressClassParams that may say another name",
      ingress: group("Team"),
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: [field],
    },
    {
      name: "a name of Auto Mode's IngressClassParams",
      ingress: gold,
      cluster: autoModeClass("gold", { group: { name: "Team" } }),
      fields: ["spec.ingressClassName"],
    },
  ],
});
