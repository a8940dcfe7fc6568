import { unreadableDeletionProtection } from "../../src/rules/unreadable-deletion-protection.ts";
import { testRule } from "../support/rule-tester.ts";
import { keyed } from "./group-members.ts";

testRule(unreadableDeletionProtection, {
  allow: [
    {
      name: "a boolean of the Go language",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=T" },
      },
    },
    {
      name: "attributes without it",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "load_balancing.cross_zone.enabled=yes",
        },
      },
    },
    {
      name: "a map that does not parse, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=yes,x" },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=yes" },
      },
    },
    {
      name: "a boolean on an Ingress",
      ingress: { annotations: keyed({ "load-balancer-attributes": "deletion_protection.enabled=0" }) },
    },
    {
      name: "another controller's Ingress",
      ingress: {
        annotations: keyed({ "load-balancer-attributes": "deletion_protection.enabled=yes" }),
        spec: { ingressClassName: "nginx" },
      },
    },
  ],
  warn: [
    {
      name: "yes",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=yes" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "no value, in Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "a comma at the end",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=true," },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "yes, on an Ingress",
      ingress: { annotations: keyed({ "load-balancer-attributes": "deletion_protection.enabled=yes" }) },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/load-balancer-attributes]"],
    },
  ],
});
