import { externalManagedTag } from "../../src/rules/external-managed-tag.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

testRule(externalManagedTag, {
  allow: [
    {
      name: "other tags, one of them in another case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "Cost-Center=1,env=prod",
        },
      },
      profile: { externalManagedTags: ["cost-center", "team"] },
    },
    {
      name: "any tag where none is managed elsewhere",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "cost-center=1" },
      },
    },
    {
      name: "a map that does not parse, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "cost-center=1,x" },
      },
      profile: { externalManagedTags: ["cost-center", "team"] },
    },
    {
      name: "Auto Mode, which does not have the flag",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "cost-center=1" },
      },
      profile: { externalManagedTags: ["cost-center", "team"] },
    },
    {
      name: "the in-tree controller, which does not have the flag",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "cost-center=1" },
      },
      profile: { externalManagedTags: ["cost-center", "team"] },
    },
    {
      name: "other tags on an Ingress",
      ingress: { annotations: { "alb.ingress.kubernetes.io/tags": "env=prod" } },
      profile: { externalManagedTags: ["cost-center", "team"] },
    },
    {
      name: "an Ingress of Auto Mode, which does not have the flag",
      ingress: { annotations: keyed({ tags: "team=web" }), spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass],
      profile: { externalManagedTags: ["team"] },
    },
  ],
  deny: [
    {
      name: "two tags that are managed elsewhere",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "cost-center=1,env=prod,team=",
        },
      },
      profile: { externalManagedTags: ["cost-center", "team"] },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags]",
      ],
    },
    {
      name: "a tag of an Ingress",
      ingress: { annotations: { "alb.ingress.kubernetes.io/tags": "team=web" } },
      profile: { externalManagedTags: ["cost-center", "team"] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/tags]"],
    },
  ],
});
