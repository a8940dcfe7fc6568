import { groupChangeLeavesLoadBalancer } from "../../src/rules/group-change-leaves-load-balancer.ts";
import { testRule } from "../support/rule-tester.ts";
import { built, builtIn, nginx, status } from "./built-members.ts";
import { autoModeClass, classWithParams, inGroup } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/group.name]";
const grouped = classWithParams("grouped", { group: { name: "g" } });

testRule(groupChangeLeavesLoadBalancer, {
  allow: [
    { name: "a group that stays", cluster: [], old: builtIn("g"), ingress: builtIn("g", { "group.order": "1" }) },
    { name: "no group, as before", cluster: [], old: { status }, ingress: { status } },
    {
      name: "another group before there is an address: nobody uses it yet",
      cluster: [],
      old: { ...inGroup(), finalizers: ["group.ingress.k8s.aws/g"] },
      ingress: {},
    },
    {
      name: "the same group, said by the class now",
      cluster: grouped,
      old: builtIn("g"),
      ingress: { spec: { ingressClassName: "grouped" }, status },
    },
    {
      name: "another annotation where the class says the group",
      cluster: grouped,
      old: { ...builtIn("h"), spec: { ingressClassName: "grouped" } },
      ingress: { spec: { ingressClassName: "grouped" }, status },
    },
    {
      name: "a name that is none, which another rule refuses",
      cluster: [],
      old: builtIn("g"),
      ingress: builtIn("G"),
    },
    {
      name: "another controller, which another rule refuses",
      cluster: [nginx],
      old: builtIn("g"),
      ingress: { spec: { ingressClassName: "nginx" }, status },
    },
    {
      name: "EKS Auto Mode, which another rule refuses",
      cluster: autoModeClass("auto"),
      old: { status },
      ingress: { spec: { ingressClassName: "auto" }, status },
    },
    {
      name: "another class, of which nobody knows whether it says the group",
      old: { spec: { ingressClassName: "alb" }, ...builtIn("g") },
      ingress: { spec: { ingressClassName: "alb" }, ...builtIn("g") },
    },
    {
      name: "a class with IngressClassParams that nobody knows, of which another rule warns",
      cluster: [...grouped, ...classWithParams("open", {}).slice(0, 1)],
      unsure: ["IngressClassParams"],
      old: { spec: { ingressClassName: "grouped" }, status },
      ingress: { spec: { ingressClassName: "open" }, status },
    },
  ],
  deny: [
    { name: "another group", cluster: [], old: builtIn("g"), ingress: builtIn("h"), fields: [field] },
    { name: "a group joined", cluster: [built("team-b/api")], old: { status }, ingress: builtIn("g"), fields: [field] },
    {
      name: "a group left in which others stay",
      cluster: [built("team-b/api")],
      old: builtIn("g"),
      ingress: { status },
      fields: [field],
    },
    {
      name: "a class that puts it into a group",
      cluster: grouped,
      old: { status },
      ingress: { spec: { ingressClassName: "grouped" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "another group of which not all members are known",
      cluster: [],
      unsure: ["Ingress"],
      old: builtIn("g"),
      ingress: builtIn("h"),
      fields: [field],
    },
  ],
  warn: [
    {
      name: "another group by the annotation, where IngressClassParams that nobody knows may decide",
      old: builtIn("g"),
      ingress: builtIn("h"),
      fields: [field],
    },
  ],
});
