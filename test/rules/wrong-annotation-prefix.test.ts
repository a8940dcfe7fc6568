import { expect, it } from "vitest";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { wrongAnnotationPrefix } from "../../src/rules/wrong-annotation-prefix.ts";
import { testRule } from "../support/rule-tester.ts";
import { ingress, service } from "../support/subjects.ts";

testRule(wrongAnnotationPrefix, {
  allow: [
    {
      name: "a Service with annotations for NLBs, known or not",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-colour": "red",
        },
      },
    },
    {
      name: "a Service with what is read of it behind an Ingress",
      service: {
        annotations: {
          "alb.ingress.kubernetes.io/target-type": "ip",
          "alb.ingress.kubernetes.io/healthcheck-path": "/healthz",
          "alb.ingress.kubernetes.io/target-control-port.web.80": "3000",
        },
      },
    },
    {
      name: "a Service of a controller that we do not know",
      service: {
        spec: { loadBalancerClass: "example.com/lb" },
        annotations: { "alb.ingress.kubernetes.io/scheme": "internal" },
      },
    },
    {
      name: "a Service that is no longer of type LoadBalancer",
      service: {
        spec: { type: "ClusterIP" },
        annotations: { "alb.ingress.kubernetes.io/scheme": "internal" },
      },
      old: {},
    },
    {
      name: "an Ingress with annotations for ALBs, known or not",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/scheme": "internal",
          "alb.ingress.kubernetes.io/colour": "red",
          "service.beta.kubernetes.io/other": "x",
        },
      },
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
      },
    },
  ],
  warn: [
    {
      name: "a Service with annotations for ALBs, whoever builds its load balancer",
      service: {
        annotations: {
          "alb.ingress.kubernetes.io/scheme": "internal",
          "alb.ingress.kubernetes.io/group.name": "shared",
        },
      },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/scheme]",
        "metadata.annotations[alb.ingress.kubernetes.io/group.name]",
      ],
    },
    {
      name: "an Ingress with annotations for NLBs",
      ingress: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/load-balancer-source-ranges": "192.0.2.0/24",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol]",
        "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]",
      ],
    },
  ],
});

const known = {
  rules: [wrongAnnotationPrefix],
  policy: { policy: undefined, pick: undefined },
  facts: { namespaceLabels: {}, profile: defaultProfile, install: { scope: "ClusterWide", excludedNamespaces: [] } },
  missing: [],
} as const;

it.each([
  ["scheme", "service.beta.kubernetes.io/aws-load-balancer-scheme"],
  ["ip-address-type", "service.beta.kubernetes.io/aws-load-balancer-ip-address-type"],
  ["load-balancer-name", "service.beta.kubernetes.io/aws-load-balancer-name"],
  ["load-balancer-attributes", "service.beta.kubernetes.io/aws-load-balancer-attributes"],
  ["inbound-cidrs", "service.beta.kubernetes.io/load-balancer-source-ranges"],
  ["listener-attributes.TCP-80", "service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-80"],
] as const)("names the key that a Service has for an ALB's %s", (suffix, right) => {
  const subject = service({ annotations: { [`alb.ingress.kubernetes.io/${suffix}`]: "x" } });
  expect(evaluate(subject, known).map(({ problem }) => problem.remedy)).toEqual([`Use ${right} instead.`]);
});

it.each([
  ["scheme", "alb.ingress.kubernetes.io/scheme"],
  ["internal", "alb.ingress.kubernetes.io/scheme"],
  ["nlb-target-type", "alb.ingress.kubernetes.io/target-type"],
  ["subnets", "alb.ingress.kubernetes.io/subnets"],
  ["healthcheck-interval", "alb.ingress.kubernetes.io/healthcheck-interval-seconds"],
  ["additional-resource-tags", "alb.ingress.kubernetes.io/tags"],
] as const)("names the key that an Ingress has for an NLB's %s", (suffix, right) => {
  const subject = ingress({ annotations: { [`service.beta.kubernetes.io/aws-load-balancer-${suffix}`]: "x" } });
  expect(evaluate(subject, known).map(({ problem }) => problem.remedy)).toEqual([`Use ${right} instead.`]);
});

it.each(["proxy-protocol", "type", "colour"])("knows no counterpart for an NLB's %s", (suffix) => {
  const subject = ingress({ annotations: { [`service.beta.kubernetes.io/aws-load-balancer-${suffix}`]: "x" } });
  expect(evaluate(subject, known).map(({ problem }) => problem.remedy)).toEqual([undefined]);
});
