import { expect, it } from "vitest";
import { catalog } from "../../src/annotations/catalog.ts";
import { autoModeIgnoresAnnotation } from "../../src/rules/auto-mode-ignores-annotation.ts";
import { testRule } from "../support/rule-tester.ts";

const spec = { loadBalancerClass: "eks.amazonaws.com/nlb" };

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
  ],
});

it("auto-mode-ignores-annotation is asked about each annotation for which the catalogue has another way", () => {
  const other = catalog.filter(({ autoModeTakes }) => autoModeTakes !== undefined).map(({ key }) => key);
  expect([...autoModeIgnoresAnnotation.onlyWith].toSorted()).toEqual(other.toSorted());
});
