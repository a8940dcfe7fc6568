import { defaultProfile } from "../../src/decision/facts.ts";
import { ipTargetsDisabled } from "../../src/rules/ip-targets-disabled.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, pathsTo, service } from "./backend-services.ts";
import { classWithParams, keyed } from "./group-members.ts";

const featureGates = { ...defaultProfile.featureGates, EnableIPTargetType: false };
const targetTypeField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]";
const albField = "metadata.annotations[alb.ingress.kubernetes.io/target-type]";
const ip = keyed({ "target-type": "ip" });

testRule(ipTargetsDisabled, {
  allow: [
    {
      name: "instance targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance" },
      },
      profile: { featureGates, defaultTargetType: "ip" },
    },
    {
      name: "ip targets where the gate is on",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "a spelling that means instance, whatever the default",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "IP" },
      },
      profile: { featureGates, defaultTargetType: "ip" },
    },
    {
      name: "the type nlb-ip alone, which is not looked at",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" },
      },
      profile: { featureGates },
    },
    {
      name: "the type nlb-ip beside instance, which is not looked at either",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
      profile: { featureGates, defaultTargetType: "ip" },
    },
    {
      name: "Auto Mode, whose gates nobody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { featureGates },
    },
    {
      name: "the in-tree controller, which does not read it",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { featureGates },
    },
    { name: "ip targets of an Ingress where the gate is on", ingress: { annotations: ip } },
    { name: "instance targets of an Ingress", ingress: {}, profile: { featureGates } },
    {
      name: "an Ingress whose only Service wants instance targets",
      ingress: { annotations: ip },
      cluster: [service("shop/web", { annotations: { "target-type": "instance" } })],
      profile: { featureGates },
    },
    {
      name: "an Ingress of Auto Mode, whose gates nobody knows",
      ingress: { annotations: ip, spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass, service("shop/web")],
      profile: { featureGates },
    },
    {
      name: "another controller's Ingress",
      ingress: { annotations: ip, spec: { ingressClassName: "nginx" } },
      profile: { featureGates },
    },
  ],
  deny: [
    {
      name: "ip targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { featureGates },
      fields: [targetTypeField],
    },
    {
      name: "ip targets by default",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      profile: { featureGates, defaultTargetType: "ip" },
      fields: [targetTypeField],
    },
    {
      name: "ip targets beside the type nlb-ip",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      profile: { featureGates },
      fields: [targetTypeField],
    },
    {
      name: "the type nlb-ip, and ip targets by default",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" },
      },
      profile: { featureGates, defaultTargetType: "ip" },
      fields: [targetTypeField],
    },
    {
      name: "ip targets of an Ingress",
      ingress: { annotations: ip },
      cluster: [service("shop/web")],
      profile: { featureGates },
      fields: [albField],
    },
    {
      name: "ip targets that a Service wants",
      ingress: {},
      cluster: [service("shop/web", { annotations: { "target-type": "ip" } })],
      profile: { featureGates },
      fields: ["spec.defaultBackend"],
    },
    {
      name: "ip targets that two Services want",
      ingress: { spec: pathsTo(["web", 80], ["api", 80]) },
      cluster: [
        service("shop/web", { annotations: { "target-type": "ip" } }),
        service("shop/api", { annotations: { "target-type": "ip" } }),
      ],
      profile: { featureGates },
      fields: ["spec.rules[0].http.paths[0].backend", "spec.rules[0].http.paths[1].backend"],
    },
    {
      name: "ip targets of an Ingress by default",
      ingress: {},
      cluster: [service("shop/web")],
      profile: { featureGates, defaultTargetType: "ip" },
      fields: [albField],
    },
    {
      name: "ip targets of the IngressClassParams",
      ingress: { spec: { ingressClassName: "gold" } },
      cluster: [...classWithParams("gold", { targetType: "ip" }), service("shop/web")],
      profile: { featureGates },
      fields: ["spec.ingressClassName"],
    },
  ],
  warn: [
    {
      name: "ip targets of an Ingress whose Service nobody knows",
      ingress: { annotations: ip },
      profile: { featureGates },
      fields: [albField],
    },
    {
      name: "ip targets of an Ingress of whose two Services nobody knows one",
      ingress: { annotations: ip, spec: pathsTo(["web", 80], ["api", 80]) },
      cluster: [service("shop/web", { annotations: { "target-type": "instance" } })],
      unsure: ["Service"],
      profile: { featureGates },
      fields: [albField],
    },
    {
      name: "ip targets for a Service that is not there yet",
      ingress: { annotations: ip },
      cluster: [],
      profile: { featureGates },
      fields: [albField],
    },
  ],
});
