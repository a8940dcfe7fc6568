import { typeAnnotationChangeOrphansLoadBalancer } from "../../src/rules/type-annotation-change-orphans-load-balancer.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const external = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};
const inTreeNlb = { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" };

/** What Gardener's webhook writes over a Service with dualstack. */
const byGardener = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
  "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
  "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
};

testRule(typeAnnotationChangeOrphansLoadBalancer, {
  allow: [
    {
      name: "the type added while no load balancer exists",
      old: {},
      service: { annotations: external },
    },
    {
      name: "the type taken away where a class decides",
      old: { annotations: external, spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
    },
    {
      name: "a class added to an in-tree load balancer, which another rule refuses",
      old: { status },
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
    },
    {
      name: "another target type of the same controller",
      old: { annotations: external, status },
      service: {
        annotations: { ...external, "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance" },
        status,
      },
    },
    {
      name: "nlb-ip written as external with ip targets, which the same controller goes on serving",
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" }, status },
      service: { annotations: external, status },
    },
    {
      name: "an empty type, which means a Classic load balancer as none does",
      old: { status },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "" }, status },
    },
    {
      name: "the missing target type added to a Service that nobody took, where only a finalizer stands",
      old: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" },
        finalizers: ["service.kubernetes.io/load-balancer-cleanup"],
      },
      service: { annotations: external, finalizers: ["service.kubernetes.io/load-balancer-cleanup"] },
    },
    {
      name: "the type taken away again from a Service that nobody took, so that the in-tree controller takes it back",
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" }, status },
      service: { status },
    },
    {
      name: "the type that Gardener's webhook has written, for which another rule speaks",
      profile: { platform: "gardener" },
      old: { status },
      service: { annotations: byGardener, status },
    },
    {
      name: "the type taken away by a Service that leaves the type LoadBalancer",
      old: { annotations: external, status },
      service: { spec: { type: "ClusterIP" } },
    },
  ],
  deny: [
    {
      name: "external on an in-tree load balancer",
      old: { status },
      service: { annotations: external, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "what Gardener's webhook would write, on a cluster where it does not",
      profile: { platform: "gardener", ipFamily: "ipv4" },
      old: { status },
      service: { annotations: byGardener, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "another type than the one that Gardener's webhook writes",
      profile: { platform: "gardener" },
      old: { status },
      service: {
        annotations: { ...byGardener, "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" },
        status,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "external without a target type on an in-tree load balancer",
      old: { annotations: inTreeNlb, status },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" }, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "external taken away",
      old: { annotations: external, status },
      service: { status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "external emptied, which is not the same as external",
      old: { annotations: external, status },
      service: {
        annotations: { ...external, "service.beta.kubernetes.io/aws-load-balancer-type": "" },
        status,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "nlb taken away",
      old: { annotations: inTreeNlb, status },
      service: { status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "nlb added to a Classic load balancer",
      old: { status },
      service: { annotations: inTreeNlb, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "the target type that external needs taken away",
      old: { annotations: external, status },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" }, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
    {
      name: "the target type that external needs misspelt",
      old: { annotations: external, status },
      service: {
        annotations: { ...external, "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "IP" },
        status,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
    {
      name: "the missing target type added while a load balancer without an owner stands in the status",
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" }, status },
      service: { annotations: external, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
  ],
});
