import { expect, it } from "vitest";
import { catalog } from "../../src/annotations/catalog.ts";
import { autoModeIgnoresAnnotation } from "../../src/rules/auto-mode-ignores-annotation.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

const spec = { loadBalancerClass: "eks.amazonaws.com/nlb" };
const auto = { ingressClassName: "auto" };
const classKey = "kubernetes.io/ingress.class";

testRule(autoModeIgnoresAnnotation, {
  allow: [
    {
      name: "what EKS Auto Mode reads",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=true",
        },
        spec,
      },
    },
    {
      name: "the AWS Load Balancer Controller, which reads them",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" },
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
      },
    },
    {
      name: "the in-tree controller",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" } },
    },
    {
      name: "what EKS Auto Mode reads of an Ingress",
      ingress: { annotations: keyed({ scheme: "internal", "group.order": "1", "wafv2-acl-arn": "arn:a" }), spec: auto },
      cluster: [autoModeClass],
    },
    {
      name: "an Ingress of the AWS Load Balancer Controller",
      ingress: { annotations: keyed({ "group.name": "g", "shield-advanced-protection": "true" }) },
      cluster: [autoModeClass],
    },
  ],
  deny: [
    {
      name: "the old internal annotation, though it says what scheme says",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
        },
        spec,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-internal]"],
    },
    {
      name: "each of them, empty ones too",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/load-balancer-source-ranges": "",
        },
        spec,
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol]",
        "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]",
      ],
    },
    {
      name: "a type that asks for ip targets, beside instance targets",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
        spec,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "each of those that it does not read of an Ingress",
      ingress: {
        annotations: keyed({
          scheme: "internal",
          "group.name": "g",
          "waf-acl-id": "a",
          "web-acl-id": "a",
          "shield-advanced-protection": "true",
        }),
        spec: auto,
      },
      cluster: [autoModeClass],
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/group.name]",
        "metadata.annotations[alb.ingress.kubernetes.io/waf-acl-id]",
        "metadata.annotations[alb.ingress.kubernetes.io/web-acl-id]",
        "metadata.annotations[alb.ingress.kubernetes.io/shield-advanced-protection]",
      ],
    },
  ],
  warn: [
    {
      name: "type nlb, which is what Auto Mode builds",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" }, spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "type nlb-ip, whose targets are the ones that Auto Mode has by default",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" }, spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "type external, which the same page recommends",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "external" }, spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "a class annotation beside the IngressClass",
      ingress: { annotations: { [classKey]: "nginx" }, spec: auto },
      cluster: [autoModeClass],
      fields: [`metadata.annotations[${classKey}]`],
    },
  ],
});

it("auto-mode-ignores-annotation is asked about each annotation for which the catalogue has another way", () => {
  const other = catalog.filter(({ autoModeTakes }) => autoModeTakes !== undefined).map(({ key }) => key);
  expect([...autoModeIgnoresAnnotation.onlyWith].toSorted()).toEqual(other.toSorted());
});
