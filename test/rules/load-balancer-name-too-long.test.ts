import { loadBalancerNameTooLong } from "../../src/rules/load-balancer-name-too-long.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams } from "./group-members.ts";

testRule(loadBalancerNameTooLong, {
  allow: [
    {
      name: "32 bytes",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
      },
    },
    {
      name: "16 letters of two bytes each",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "éééééééééééééééé" },
      },
    },
    {
      name: "no name, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "" },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
      },
    },
    {
      name: "32 bytes on an Ingress",
      ingress: { annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
      },
    },
    {
      name: "what IngressClassParams overrule",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { loadBalancerName: "web" }),
    },
  ],
  deny: [
    {
      name: "33 bytes",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "17 letters of two bytes each",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "ééééééééééééééééé" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "33 bytes on an Ingress",
      ingress: { annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-name]"],
    },
    {
      name: "what IngressClassParams leave open",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { scheme: "internal" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-name]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "a name that IngressClassParams may overrule",
      ingress: { annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-name]"],
    },
  ],
});
