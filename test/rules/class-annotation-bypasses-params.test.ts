import { classAnnotationBypassesParams } from "../../src/rules/class-annotation-bypasses-params.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, classWithParams } from "./group-members.ts";

const annotated = {
  annotations: { "kubernetes.io/ingress.class": "alb" },
  spec: { ingressClassName: undefined },
};
const fields = ["metadata.annotations[kubernetes.io/ingress.class]"] as const;
const byDefault = (name: string): readonly object[] => {
  const [, params] = classWithParams(name, { scheme: "internal" });
  const parameters = { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name };
  return [
    {
      kind: "IngressClass",
      metadata: { name, annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
      spec: { controller: "ingress.k8s.aws/alb", parameters },
    },
    ...(params === undefined ? [] : [params]),
  ];
};

testRule(classAnnotationBypassesParams, {
  allow: [
    { name: "a class without parameters", ingress: annotated, cluster: [] },
    { name: "parameters that say nothing", ingress: annotated, cluster: classWithParams("alb", {}) },
    { name: "the field", ingress: {}, cluster: classWithParams("alb", { scheme: "internal" }) },
    {
      name: "parameters of another class",
      ingress: annotated,
      cluster: classWithParams("gold", { scheme: "internal" }),
    },
    { name: "parameters of Auto Mode's", ingress: annotated, cluster: autoModeClass("alb", { scheme: "internal" }) },
    { name: "parameters of which nobody knows", ingress: annotated },
    {
      name: "Auto Mode, which does not read the annotation",
      ingress: { annotations: { "kubernetes.io/ingress.class": "gold" }, spec: { ingressClassName: "auto" } },
      cluster: [...autoModeClass("auto"), ...classWithParams("gold", { scheme: "internal" })],
    },
    {
      name: "another controller's annotation",
      ingress: { ...annotated, annotations: { "kubernetes.io/ingress.class": "nginx" } },
      cluster: classWithParams("nginx", { scheme: "internal" }),
    },
  ],
  warn: [
    {
      name: "parameters of the class of that name",
      ingress: annotated,
      cluster: classWithParams("alb", { scheme: "internal" }),
      fields,
    },
    {
      name: "parameters of the class in the field, which the annotation makes void",
      ingress: { ...annotated, spec: { ingressClassName: "gold" } },
      cluster: classWithParams("gold", { group: { name: "g" } }),
      fields,
    },
    { name: "parameters of the default class", ingress: annotated, cluster: byDefault("gold"), fields },
  ],
});
