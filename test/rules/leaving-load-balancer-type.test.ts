import { defaultProfile } from "../../src/decision/facts.ts";
import { leavingLoadBalancerType } from "../../src/rules/leaving-load-balancer-type.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const external = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

const attributes = "service.beta.kubernetes.io/aws-load-balancer-attributes";
const loadBalancersOnly = { featureGates: { ...defaultProfile.featureGates, ServiceTypeLoadBalancerOnly: true } };

testRule(leavingLoadBalancerType, {
  allow: [
    {
      name: "a Service that stays a load balancer",
      old: { annotations: external, status },
      service: { annotations: external, status },
    },
    {
      name: "the annotation taken away with the type, so that the NLB is deleted",
      old: { annotations: external, status },
      service: { spec: { type: "ClusterIP" } },
    },
    {
      name: "the target type taken away with the type, without which external claims nothing",
      old: { annotations: external, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" },
        spec: { type: "ClusterIP" },
      },
    },
    {
      name: "a load balancer of the in-tree controller, which cleans up",
      old: { status },
      service: { spec: { type: "ClusterIP" } },
    },
    {
      name: "a class whose load balancer was never built",
      old: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      service: { spec: { type: "ClusterIP" } },
    },
    {
      name: "external that was never built, where the controller serves load balancers only",
      profile: loadBalancersOnly,
      old: { annotations: external },
      service: { annotations: external, spec: { type: "ClusterIP" } },
    },
    {
      name: "deletion protection given up with the type and the annotation",
      old: { annotations: { ...external, [attributes]: "deletion_protection.enabled=true" }, status },
      service: { annotations: { [attributes]: "deletion_protection.enabled=false" }, spec: { type: "ClusterIP" } },
    },
    {
      name: "a Service that was no load balancer before",
      old: { annotations: external, spec: { type: "NodePort" } },
      service: { annotations: external, spec: { type: "ClusterIP" } },
    },
  ],
  warn: [
    {
      name: "external, by which the NLB stays",
      old: { annotations: external, status },
      service: { annotations: external, spec: { type: "ClusterIP" } },
      fields: ["spec.type"],
    },
    {
      name: "external, by which the NLB is deleted where the controller serves load balancers only",
      profile: loadBalancersOnly,
      old: { annotations: external, status },
      service: { annotations: external, spec: { type: "ClusterIP" } },
      fields: ["spec.type"],
    },
    {
      name: "external beside a class: the annotation stays when the class goes",
      old: { annotations: external, spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
      service: { annotations: external, spec: { type: "ClusterIP" } },
      fields: ["spec.type"],
    },
    {
      name: "the annotation taken away with the type, and the NLB kept by deletion protection",
      old: { annotations: { ...external, [attributes]: "deletion_protection.enabled=true" }, status },
      service: { annotations: { [attributes]: "deletion_protection.enabled=true" }, spec: { type: "ClusterIP" } },
      fields: ["spec.type"],
    },
    {
      name: "attributes that cannot be read, which keep the NLB as well",
      old: { annotations: { ...external, [attributes]: "deletion_protection.enabled" }, status },
      service: { annotations: { [attributes]: "deletion_protection.enabled" }, spec: { type: "ClusterIP" } },
      fields: ["spec.type"],
    },
    {
      name: "nlb-ip, by which an NLB is built even if there was none",
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" } },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" },
        spec: { type: "NodePort" },
      },
      fields: ["spec.type"],
    },
    {
      name: "the class of EKS Auto Mode, by which the NLB is deleted",
      old: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
      service: { spec: { type: "ClusterIP" } },
      fields: ["spec.type"],
    },
    {
      name: "a class, by which the NLB is deleted",
      old: { spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
      service: { spec: { type: "ClusterIP" } },
      fields: ["spec.type"],
    },
  ],
});
