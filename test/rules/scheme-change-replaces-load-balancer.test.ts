import { expect, it } from "vitest";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { schemeChangeReplacesLoadBalancer } from "../../src/rules/scheme-change-replaces-load-balancer.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";
import { built, builtIn, nginx } from "./built-members.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

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
    {
      name: "an Ingress of a group whose scheme another member states, too",
      cluster: [member("team-b/api", { scheme: "internet-facing" })],
      old: { ...inGroup({ scheme: "internet-facing" }), status },
      ingress: { ...inGroup(), status },
    },
    {
      name: "an Ingress of a group that states what is in force",
      cluster: [member("team-b/api")],
      old: { ...inGroup(), status },
      ingress: { ...inGroup({ scheme: "internal" }), status },
    },
    {
      name: "an Ingress whose group has no load balancer yet",
      cluster: [member("team-b/api")],
      old: inGroup(),
      ingress: inGroup({ scheme: "internet-facing" }),
    },
    {
      name: "an Ingress of which IngressClassParams decide the scheme",
      cluster: classWithParams("theirs", { scheme: "internal" }),
      old: { spec: { ingressClassName: "theirs" }, status },
      ingress: {
        annotations: keyed({ scheme: "internet-facing" }),
        spec: { ingressClassName: "theirs" },
        status,
      },
    },
    {
      name: "an Ingress that contradicts its group, which another rule refuses",
      cluster: [member("team-b/api", { scheme: "internal" })],
      old: { ...inGroup({ scheme: "internal" }), status },
      ingress: { ...inGroup({ scheme: "internet-facing" }), status },
    },
    {
      name: "an Ingress that leaves a group in which others state the scheme",
      cluster: [member("team-b/api", { scheme: "internet-facing" })],
      old: { ...inGroup({ scheme: "internet-facing" }), status },
      ingress: { annotations: keyed({ scheme: "internet-facing" }), status },
    },
    {
      name: "an Ingress that joins a group and states the scheme that it has",
      cluster: [built("team-b/api")],
      old: {},
      ingress: inGroup({ scheme: "internal" }),
    },
    {
      name: "another scheme before anything is built, where other members are not known",
      cluster: [],
      unsure: ["Ingress"],
      old: inGroup(),
      ingress: inGroup({ scheme: "internet-facing" }),
    },
  ],
  deny: [
    {
      name: "an Ingress that alone states the scheme of its group, and takes it away",
      cluster: [member("team-b/api")],
      old: { ...inGroup({ scheme: "internet-facing" }), status },
      ingress: { ...inGroup(), status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "an Ingress without an address, of a group of which another member has one",
      cluster: [built("team-b/api")],
      old: inGroup(),
      ingress: inGroup({ scheme: "internet-facing" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "an Ingress that goes to a class whose IngressClassParams have another scheme",
      cluster: classWithParams("theirs", { scheme: "internet-facing" }),
      old: { status },
      ingress: { spec: { ingressClassName: "theirs" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an Ingress that leaves a group which has its scheme from it alone",
      cluster: [member("team-b/api")],
      old: { ...inGroup({ scheme: "internet-facing" }), status },
      ingress: { annotations: keyed({ scheme: "internet-facing" }), status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.name]"],
    },
    {
      name: "an Ingress that leaves one group and joins another, and changes both",
      cluster: [member("team-b/api"), built("team-c/api", {}, "h")],
      old: { ...inGroup({ scheme: "internet-facing" }), status },
      ingress: builtIn("h", { scheme: "internet-facing" }),
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/group.name]",
        "metadata.annotations[alb.ingress.kubernetes.io/scheme]",
      ],
    },
    {
      name: "an Ingress that comes from another controller into a group, and changes its scheme",
      cluster: [built("team-b/api"), nginx],
      old: { ...inGroup({ scheme: "internet-facing" }), spec: { ingressClassName: "nginx" } },
      ingress: inGroup({ scheme: "internet-facing" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
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
      name: "another scheme in a group of which not all members are known",
      cluster: [],
      unsure: ["Ingress"],
      old: { ...inGroup(), status },
      ingress: { ...inGroup({ scheme: "internet-facing" }), status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
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
