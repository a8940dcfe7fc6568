import { expect, it } from "vitest";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { schemeChangeReplacesLoadBalancer } from "../../src/rules/scheme-change-replaces-load-balancer.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const nlbSpec = { loadBalancerClass: "service.k8s.aws/nlb" };
const autoModeSpec = { loadBalancerClass: "eks.amazonaws.com/nlb" };

testRule(schemeChangeReplacesLoadBalancer, {
  allow: [
    {
      name: "the scheme taken away from a Service, since the AWS controller keeps what exists",
      old: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        spec: nlbSpec,
        status,
      },
      service: { spec: nlbSpec, status },
    },
    {
      name: "the scheme said by the old annotation before and by the new one after",
      old: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "false" },
        spec: nlbSpec,
        status,
      },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        spec: nlbSpec,
        status,
      },
    },
    {
      name: "the in-tree controller, which does not read the new annotation",
      old: { status },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" }, status },
    },
    {
      name: "EKS Auto Mode, which does not read the old one",
      old: { spec: autoModeSpec, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" },
        spec: autoModeSpec,
        status,
      },
    },
    {
      name: "another scheme while no load balancer exists",
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" }, spec: nlbSpec },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        spec: nlbSpec,
      },
    },
    {
      name: "another value of the old annotation that means the same to the in-tree controller",
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0" }, status },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" }, status },
    },
    {
      name: "a scheme that was none, by which nothing can have been built",
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "public" }, spec: nlbSpec, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        spec: nlbSpec,
        status,
      },
    },
    {
      name: "an Ingress that goes to another controller, which another rule refuses",
      old: { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" }, status },
      ingress: { spec: { ingressClassName: "nginx" }, status },
    },
    {
      name: "an Ingress that states the default",
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      old: { status },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" }, status },
    },
    {
      name: "an Ingress whose scheme stays, where IngressClassParams may decide",
      old: { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" }, status },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" }, status },
    },
    {
      name: "an Ingress whose new scheme is no scheme, which another rule refuses",
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      old: { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" }, status },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "public" }, status },
    },
  ],
  deny: [
    {
      name: "a Service that becomes public",
      old: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
        spec: nlbSpec,
        status,
      },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        spec: nlbSpec,
        status,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "a Service whose load balancer may be being built, since its finalizer is there",
      old: { finalizers: ["service.k8s.aws/resources"], spec: nlbSpec },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        finalizers: ["service.k8s.aws/resources"],
        spec: nlbSpec,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "a Service that becomes public by the old annotation",
      old: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" }, spec: nlbSpec, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "0" },
        spec: nlbSpec,
        status,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-internal]"],
    },
    {
      name: "a Service of EKS Auto Mode",
      old: { spec: autoModeSpec, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        spec: autoModeSpec,
        status,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "an Ingress whose scheme is taken away, since it falls to the default",
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      old: { annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" }, status },
      ingress: { status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
  ],
  warn: [
    {
      name: "the controller's default written where nothing was: a public scheme may have been removed before, and is sticky",
      old: { spec: nlbSpec, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
        spec: nlbSpec,
        status,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "the in-tree controller, which does not follow",
      old: { status },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" }, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-internal]"],
    },
    {
      name: "another scheme on an Ingress whose class may have IngressClassParams",
      old: { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" }, status },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" }, status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "another scheme on an Ingress that joins a group",
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      old: { status },
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/group.name": "shared",
          "alb.ingress.kubernetes.io/scheme": "internet-facing",
        },
        status,
      },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "another scheme on an Ingress of a group",
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      old: { annotations: { "alb.ingress.kubernetes.io/group.name": "shared" }, status },
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/group.name": "shared",
          "alb.ingress.kubernetes.io/scheme": "internet-facing",
        },
        status,
      },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
  ],
});

it.each([
  { exists: "internet-facing", written: undefined, severities: [] },
  { exists: "internet-facing", written: "internet-facing", severities: [] },
  { exists: "internet-facing", written: "internal", severities: ["deny"] },
  { exists: "internal", written: "internal", severities: [] },
] as const)(
  "a load balancer that is $exists, as somebody saw, and whose scheme nobody wrote: $written is judged by what exists",
  ({ exists, written, severities }) => {
    const annotations = written && { "service.beta.kubernetes.io/aws-load-balancer-scheme": written };
    const facts: Facts = {
      namespaceLabels: {},
      profile: defaultProfile,
      install: { scope: "ClusterWide", excludedNamespaces: [] },
      existing: { scheme: exists, hasSecurityGroups: true },
    };
    const subject = service(
      { spec: nlbSpec, status, ...(annotations && { annotations }) },
      { old: { spec: nlbSpec, status } },
    );
    const found = evaluate(subject, {
      rules: [schemeChangeReplacesLoadBalancer],
      policy: resolvePolicy(policySet([]), {}),
      facts,
      missing: [],
    });
    expect(found.map(({ problem }) => problem.severity ?? "deny")).toEqual(severities);
  },
);
