import { defaultProfile } from "../../src/decision/facts.ts";
import { singleSubnet } from "../../src/rules/single-subnet.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams } from "./group-members.ts";

const subnets = (value: string): { readonly annotations: Readonly<Record<string, string>> } => ({
  annotations: { "alb.ingress.kubernetes.io/subnets": value },
});
const field = "metadata.annotations[alb.ingress.kubernetes.io/subnets]";
const gold = { ingressClassName: "gold" };

testRule(singleSubnet, {
  allow: [
    { name: "no annotation", ingress: {} },
    { name: "two subnets", ingress: subnets("subnet-1, subnet-2") },
    { name: "a name, which several subnets may have", ingress: subnets("private") },
    { name: "no subnet, which another rule reports", ingress: subnets("") },
    {
      name: "two subnets of the class in its place",
      ingress: { ...subnets("subnet-1"), spec: gold },
      cluster: classWithParams("gold", { subnets: { ids: ["subnet-1", "subnet-2"] } }),
    },
    {
      name: "subnets that the class has chosen by tags",
      ingress: { ...subnets("subnet-1"), spec: gold },
      cluster: classWithParams("gold", { subnets: { tags: { tier: ["a"] } } }),
    },
    {
      name: "a controller that takes one",
      ingress: subnets("subnet-1"),
      profile: { featureGates: { ...defaultProfile.featureGates, ALBSingleSubnet: true } },
    },
    { name: "another controller's Ingress", ingress: { ...subnets("subnet-1"), spec: { ingressClassName: "nginx" } } },
  ],
  warn: [
    { name: "one subnet", ingress: subnets("subnet-1"), fields: [field] },
    { name: "one subnet and a comma", ingress: subnets("subnet-1,"), fields: [field] },
    {
      name: "one subnet of the class",
      ingress: { spec: gold },
      cluster: classWithParams("gold", { subnets: { ids: ["subnet-1"] } }),
      fields: ["spec.ingressClassName"],
    },
  ],
});
