import { ipTargetsOnOverlayNetwork } from "../../src/rules/ip-targets-on-overlay-network.ts";
import { testRule } from "../support/rule-tester.ts";
import { pathsTo, service } from "./backend-services.ts";
import { classWithParams, keyed } from "./group-members.ts";

const targetTypeField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]";

const toWeb = pathsTo(["web", 80]);
const ipTargets = keyed({ "target-type": "ip" });
const albField = "metadata.annotations[alb.ingress.kubernetes.io/target-type]";
const overlay = { overlayNetwork: true };

testRule(ipTargetsOnOverlayNetwork, {
  allow: [
    {
      name: "instance targets",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      profile: { overlayNetwork: true },
    },
    {
      name: "ip targets on no overlay",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { overlayNetwork: false },
    },
    {
      name: "ip targets where nobody says it",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { overlayNetwork: true },
    },
    {
      name: "an ALB with instance targets",
      ingress: { spec: toWeb },
      cluster: [service("shop/web")],
      profile: overlay,
    },
    {
      name: "an ALB with ip targets on no overlay",
      ingress: { annotations: ipTargets, spec: toWeb },
      cluster: [service("shop/web")],
    },
    {
      name: "an ALB whose Service says instance, and wins",
      ingress: { annotations: ipTargets, spec: toWeb },
      cluster: [service("shop/web", { annotations: { "target-type": "instance" } })],
      profile: overlay,
    },
  ],
  deny: [
    {
      name: "ip targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      profile: { overlayNetwork: true },
      fields: [targetTypeField],
    },
    {
      name: "ip targets by default",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      profile: { overlayNetwork: true, defaultTargetType: "ip" },
      fields: [targetTypeField],
    },
    {
      name: "the type nlb-ip",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
      profile: { overlayNetwork: true },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "Auto Mode, with ip targets by default",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } },
      profile: { overlayNetwork: true },
      fields: [targetTypeField],
    },
    {
      name: "an ALB with ip targets",
      ingress: { annotations: ipTargets, spec: pathsTo(["web", 80], ["api", 80]) },
      cluster: [service("shop/web"), service("shop/api")],
      profile: overlay,
      fields: [albField],
    },
    {
      name: "an ALB with ip targets by default",
      ingress: { spec: toWeb },
      cluster: [service("shop/web")],
      profile: { ...overlay, defaultTargetType: "ip" },
      fields: [albField],
    },
    {
      name: "an ALB with ip targets before its Service is there",
      ingress: { annotations: ipTargets, spec: toWeb },
      cluster: [],
      profile: overlay,
      fields: [albField],
    },
    {
      name: "an ALB whose Service says ip",
      ingress: { spec: toWeb },
      cluster: [service("shop/web", { annotations: { "target-type": "ip" } })],
      profile: overlay,
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "an ALB whose class says ip",
      ingress: { spec: { ...toWeb, ingressClassName: "c" } },
      cluster: [service("shop/web"), ...classWithParams("c", { targetType: "ip" })],
      profile: overlay,
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an ALB with ip targets in a cluster of which nothing else is known",
      ingress: { annotations: ipTargets, spec: toWeb },
      profile: { ...overlay, albClasses: [{ name: "alb", hasParams: false }] },
      fields: [albField],
    },
  ],
  warn: [
    {
      name: "an ALB with ip targets, where IngressClassParams may say otherwise",
      ingress: { annotations: ipTargets, spec: toWeb },
      profile: overlay,
      fields: [albField],
    },
  ],
});
