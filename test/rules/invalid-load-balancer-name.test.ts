import { invalidLoadBalancerName } from "../../src/rules/invalid-load-balancer-name.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams } from "./group-members.ts";

testRule(invalidLoadBalancerName, {
  allow: [
    {
      name: "letters, digits and hyphens",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "Web-1" },
      },
    },
    {
      name: "a name that only begins like a forbidden one",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "internal" },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "my_lb" } },
    },
    {
      name: "letters, digits and hyphens on an Ingress",
      ingress: { annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "web" } },
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "my_lb" },
      },
    },
    {
      name: "what IngressClassParams overrule",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "my_lb" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { loadBalancerName: "web" }),
    },
  ],
  deny: [
    {
      name: "an underscore",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "my_lb" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "no name",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "a hyphen in front",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "-lb" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "a hyphen at the end",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "lb-" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "a word that AWS keeps for itself",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "internal-web" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "a letter beyond ASCII",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "café" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "a blank on an Ingress",
      ingress: { annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "web " } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-name]"],
    },
    {
      name: "what IngressClassParams leave open",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "my_lb" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { scheme: "internal" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-name]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, of which nobody knows whether it reads a name",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-name": "my_lb" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-name]"],
    },
    {
      name: "a name that IngressClassParams may overrule",
      ingress: { annotations: { "alb.ingress.kubernetes.io/load-balancer-name": "my_lb" } },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-name]"],
    },
  ],
});
