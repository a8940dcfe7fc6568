import { ingressClassUnusable } from "../../src/rules/ingress-class-unusable.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, classWithParams } from "./group-members.ts";

const field = "spec.ingressClassName";
const forGold = classWithParams("gold", { namespaceSelector: { matchLabels: { tier: "gold" } } });
const forNobody = classWithParams("gold", {
  namespaceSelector: { matchExpressions: [{ key: "tier", operator: "Is" }] },
});
const gold = { spec: { ingressClassName: "gold" } };
const none = { spec: { ingressClassName: undefined } };
const defaultClass = (name: string): object => ({
  kind: "IngressClass",
  metadata: { name, annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
  spec: { controller: "ingress.k8s.aws/alb" },
});
const withParameters = (parameters: object, controller = "ingress.k8s.aws/alb"): object => ({
  kind: "IngressClass",
  metadata: { name: "gold" },
  spec: { controller, parameters },
});
const params = { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "gold" };
const namespace = (labels: Readonly<Record<string, string>>): object => ({
  kind: "Namespace",
  metadata: { name: "shop", labels },
});

testRule(ingressClassUnusable, {
  allow: [
    { name: "a class that is there", ingress: {}, cluster: [] },
    { name: "a class that may be there", ingress: gold, cluster: [], unsure: ["IngressClass"] },
    { name: "a class with parameters that are there", ingress: gold, cluster: classWithParams("gold", {}) },
    {
      name: "parameters that may be there",
      ingress: gold,
      cluster: [withParameters(params)],
      unsure: ["IngressClassParams"],
    },
    { name: "a namespace that the selector takes", ingress: gold, cluster: [...forGold, namespace({ tier: "gold" })] },
    { name: "a class that is not there, of a controller that may need none", ingress: gold, cluster: [] },
    {
      name: "the same where the AWS controller is known not to run",
      ingress: gold,
      cluster: [],
      profile: { controllers: ["eks-auto-mode"] },
    },
    { name: "one default class", ingress: none, cluster: [defaultClass("a")] },
    {
      name: "another controller's class with parameters of its own",
      ingress: gold,
      cluster: [withParameters({ kind: "NginxParameters", name: "gold" }, "k8s.io/ingress-nginx")],
    },
    {
      name: "a class annotation in the place of a class that is not there",
      ingress: { ...gold, annotations: { "kubernetes.io/ingress.class": "alb" } },
      cluster: [],
    },
  ],
  deny: [
    {
      name: "a class that is not there, and the AWS controller, whose webhook asks for it",
      ingress: gold,
      cluster: [],
      profile: { controllers: ["aws-load-balancer-controller", "eks-auto-mode"] },
      fields: [field],
    },
    {
      name: "parameters of another kind",
      ingress: gold,
      cluster: [withParameters({ ...params, kind: "ConfigMap" })],
      fields: [field],
    },
    {
      name: "parameters of another group",
      ingress: gold,
      cluster: [withParameters({ ...params, apiGroup: "eks.amazonaws.com" })],
      fields: [field],
    },
    {
      name: "a namespace that the selector does not take",
      ingress: gold,
      cluster: [...forGold, namespace({ tier: "silver" })],
      fields: [field],
    },
    {
      name: "a selector that nobody can read",
      ingress: gold,
      cluster: [...forNobody, namespace({ tier: "gold" })],
      fields: [field],
    },
    {
      name: "two default classes, one of which lacks its parameters",
      ingress: none,
      cluster: [
        {
          kind: "IngressClass",
          metadata: { name: "gold", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
          spec: { controller: "ingress.k8s.aws/alb", parameters: params },
        },
        defaultClass("b"),
      ],
      fields: [field],
    },
    {
      name: "two default classes",
      ingress: none,
      cluster: [defaultClass("a"), defaultClass("b")],
      fields: [field],
    },
  ],
  warn: [
    {
      name: "parameters that Helm is yet to create",
      ingress: gold,
      cluster: [withParameters(params)],
      fields: [field],
    },
    {
      name: "the same of the default class",
      ingress: none,
      cluster: [
        {
          kind: "IngressClass",
          metadata: { name: "gold", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
          spec: { controller: "ingress.k8s.aws/alb", parameters: params },
        },
      ],
      fields: [field],
    },
    {
      name: "a class that is not there, and that the operator told of",
      ingress: gold,
      cluster: [],
      profile: {
        albClasses: [
          { name: "alb", hasParams: undefined },
          { name: "gold", hasParams: undefined },
        ],
      },
      fields: [field],
    },
    {
      name: "a class of Auto Mode whose parameters are those of the AWS controller",
      ingress: gold,
      cluster: [withParameters(params, "eks.amazonaws.com/alb")],
      fields: [field],
    },
    {
      name: "Auto Mode, whose selector does not take the namespace",
      ingress: gold,
      cluster: [
        ...autoModeClass("gold", { namespaceSelector: { matchLabels: { tier: "gold" } } }),
        namespace({ tier: "silver" }),
      ],
      fields: [field],
    },
  ],
});
