import { policyLabelUnusable } from "../../src/rules/policy-label-unusable.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(policyLabelUnusable, {
  allow: [
    { name: "no label", service: {} },
    {
      name: "a label that names a selectable policy",
      policies: { public: { selectable: true } },
      namespaceLabels: { "dualstack.dev/policy": "public" },
      service: {},
    },
    {
      name: "a label that names the policy in force anyway, selectable or not",
      policy: {},
      namespaceLabels: { "dualstack.dev/policy": "in-force" },
      service: {},
    },
    {
      name: "a Service that is not a load balancer",
      namespaceLabels: { "dualstack.dev/policy": "public" },
      service: { spec: { type: "ClusterIP" } },
    },
    {
      name: "an Ingress of another controller",
      namespaceLabels: { "dualstack.dev/policy": "public" },
      ingress: { spec: { ingressClassName: "nginx" } },
    },
  ],
  deny: [
    {
      name: "a new Service where the default policy has mode Warn, which is told as what mode Enforce would refuse",
      policy: { mode: "Warn" },
      namespaceLabels: { "dualstack.dev/policy": "public" },
      service: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
    {
      name: "a new Service where the label names no policy",
      namespaceLabels: { "dualstack.dev/policy": "public" },
      service: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
    {
      name: "a new Service where the label names a policy that is not selectable",
      policies: { public: {} },
      namespaceLabels: { "dualstack.dev/policy": "public" },
      service: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
    {
      name: "a new Service although a policy that enforces is the default",
      policy: { mode: "Enforce" },
      namespaceLabels: { "dualstack.dev/policy": "public" },
      service: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
    {
      name: "a change to the type LoadBalancer",
      namespaceLabels: { "dualstack.dev/policy": "public" },
      old: { spec: { type: "ClusterIP" } },
      service: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
    {
      name: "a new Ingress",
      namespaceLabels: { "dualstack.dev/policy": "public" },
      ingress: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
    {
      name: "an Ingress that comes from another controller",
      namespaceLabels: { "dualstack.dev/policy": "public" },
      old: { spec: { ingressClassName: "nginx" } },
      ingress: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
  ],
  warn: [
    {
      name: "an update of a Service that was a load balancer before",
      namespaceLabels: { "dualstack.dev/policy": "public" },
      old: {},
      service: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
    {
      name: "an update of an Ingress",
      namespaceLabels: { "dualstack.dev/policy": "public" },
      old: {},
      ingress: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
    {
      name: "a new Service where the default policy is not overridable, so that the pick is ignored",
      policy: { overridable: false },
      policies: { public: { selectable: true } },
      namespaceLabels: { "dualstack.dev/policy": "public" },
      service: {},
      fields: ["namespace label dualstack.dev/policy"],
    },
  ],
});
