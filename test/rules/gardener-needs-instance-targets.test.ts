import { gardenerNeedsInstanceTargets } from "../../src/rules/gardener-needs-instance-targets.ts";
import { testRule } from "../support/rule-tester.ts";
import { pathsTo, service as backend } from "./backend-services.ts";

const targetType = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type";
const type = "service.beta.kubernetes.io/aws-load-balancer-type";
const albTargetType = "alb.ingress.kubernetes.io/target-type";
const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const profile = { platform: "gardener" } as const;

const toWeb = pathsTo(["web", 80]);

testRule(gardenerNeedsInstanceTargets, {
  allow: [
    { name: "instance targets", profile, service: { annotations: { [targetType]: "instance" }, spec } },
    { name: "the controller's default", profile, service: { spec } },
    {
      name: "ip targets on an overlay network, of which another rule speaks",
      profile: { ...profile, overlayNetwork: true },
      service: { annotations: { [targetType]: "ip" }, spec },
    },
    { name: "ip targets elsewhere", service: { annotations: { [targetType]: "ip" }, spec } },
    {
      name: "an annotation that the in-tree controller does not read, which another rule refuses",
      profile,
      service: { annotations: { [targetType]: "ip" } },
    },
    {
      name: "a class that no controller of Gardener serves",
      profile,
      service: { annotations: { [targetType]: "ip" }, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } },
    },
    { name: "an Ingress with ip targets elsewhere", ingress: { annotations: { [albTargetType]: "ip" } } },
    { name: "an Ingress with instance targets", profile, ingress: { annotations: { [albTargetType]: "instance" } } },
    {
      name: "an Ingress of another controller",
      profile,
      ingress: { annotations: { [albTargetType]: "ip" }, spec: { ingressClassName: "nginx" } },
    },
    {
      name: "an Ingress whose Service says instance, and wins",
      profile,
      ingress: { annotations: { [albTargetType]: "ip" }, spec: toWeb },
      cluster: [backend("shop/web", { annotations: { "target-type": "instance" } })],
    },
    {
      name: "an Ingress with ip targets on an overlay network, of which another rule speaks",
      profile: { ...profile, overlayNetwork: true },
      ingress: { annotations: { [albTargetType]: "ip" }, spec: toWeb },
      cluster: [backend("shop/web")],
    },
  ],
  deny: [
    {
      name: "ip targets",
      profile,
      service: { annotations: { [targetType]: "ip" }, spec },
      fields: [`metadata.annotations[${targetType}]`],
    },
    {
      name: "ip targets by the controller's default",
      profile: { ...profile, defaultTargetType: "ip" },
      service: { spec },
      fields: [`metadata.annotations[${targetType}]`],
    },
    {
      name: "nlb-ip, whatever the target type says",
      profile,
      service: { annotations: { [type]: "nlb-ip", [targetType]: "instance" } },
      fields: [`metadata.annotations[${type}]`],
    },
    {
      name: "an Ingress with ip targets",
      profile: { ...profile, albClasses: [{ name: "alb", hasParams: false }] },
      ingress: { annotations: { [albTargetType]: "ip" } },
      fields: [`metadata.annotations[${albTargetType}]`],
    },
    {
      name: "an Ingress with ip targets by default",
      profile: { ...profile, defaultTargetType: "ip" },
      ingress: { spec: toWeb },
      cluster: [backend("shop/web")],
      fields: [`metadata.annotations[${albTargetType}]`],
    },
    {
      name: "an Ingress whose Service says ip",
      profile,
      ingress: { spec: toWeb },
      cluster: [backend("shop/web", { annotations: { "target-type": "ip" } })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
  ],
  warn: [
    {
      name: "an Ingress with ip targets, where IngressClassParams may say otherwise",
      profile,
      ingress: { annotations: { [albTargetType]: "ip" } },
      fields: [`metadata.annotations[${albTargetType}]`],
    },
  ],
});
