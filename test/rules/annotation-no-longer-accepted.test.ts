import { annotationNoLongerAccepted } from "../../src/rules/annotation-no-longer-accepted.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass } from "./backend-services.ts";
import { classWithParams } from "./group-members.ts";

const noClass = { disableIngressClassAnnotation: true };
const noGroup = { disableIngressGroupNameAnnotation: true };
const byAnnotation = (value = "alb"): object => ({ annotations: { "kubernetes.io/ingress.class": value } });
const group = (name: string): object => ({ annotations: { "alb.ingress.kubernetes.io/group.name": name } });
const classField = "metadata.annotations[kubernetes.io/ingress.class]";
const groupField = "metadata.annotations[alb.ingress.kubernetes.io/group.name]";

testRule(annotationNoLongerAccepted, {
  allow: [
    { name: "the class annotation, unless the flag is set", ingress: byAnnotation() },
    { name: "the flag, and a class in the field", ingress: {}, profile: noClass },
    { name: "an old class annotation", ingress: byAnnotation(), old: byAnnotation(), profile: noClass },
    {
      name: "an old class annotation that changes for the other one",
      ingress: byAnnotation("alb"),
      old: byAnnotation(),
      profile: { ...noClass, ingressClass: "" },
    },
    { name: "another controller's class annotation", ingress: byAnnotation("nginx"), profile: noClass },
    { name: "a group, unless the flag is set", ingress: group("g") },
    { name: "an old group", ingress: group("g"), old: group("g"), profile: noGroup },
    { name: "a group that is left", ingress: {}, old: group("g"), profile: noGroup },
    {
      name: "another controller's Ingress with a group",
      ingress: { ...group("g"), spec: { ingressClassName: "nginx" } },
      profile: noGroup,
    },
    {
      name: "an Ingress of Auto Mode, whose controller has no such flag",
      ingress: { ...group("g"), spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass],
      profile: noGroup,
    },
  ],
  deny: [
    {
      name: "a new Ingress with the class annotation",
      ingress: byAnnotation(),
      profile: noClass,
      fields: [classField],
    },
    {
      name: "the class annotation on an Ingress that had the field",
      ingress: byAnnotation(),
      old: {},
      profile: noClass,
      fields: [classField],
    },
    {
      name: "the class annotation in the place of another controller's",
      ingress: byAnnotation(),
      old: byAnnotation("nginx"),
      profile: noClass,
      fields: [classField],
    },
    { name: "a new Ingress with a group", ingress: group("g"), profile: noGroup, fields: [groupField] },
    { name: "another group", ingress: group("h"), old: group("g"), profile: noGroup, fields: [groupField] },
    {
      name: "a group that its class would overrule: the flag is about the annotation",
      ingress: { ...group("h"), spec: { ingressClassName: "gold" } },
      cluster: classWithParams("gold", { group: { name: "g" } }),
      profile: noGroup,
      fields: [groupField],
    },
    {
      name: "both",
      ingress: {
        annotations: { "kubernetes.io/ingress.class": "alb", "alb.ingress.kubernetes.io/group.name": "g" },
      },
      profile: { ...noClass, ...noGroup },
      fields: [classField, groupField],
    },
  ],
});
