import { schemeConflictsWithInternal } from "../../src/rules/scheme-conflicts-with-internal.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(schemeConflictsWithInternal, {
  allow: [
    {
      name: "public, and internal agrees",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "false",
        },
      },
    },
    {
      name: "public, and internal agrees in another of Go's words",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "F",
        },
      },
    },
    {
      name: "internal, and internal agrees in the in-tree controller's way",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0",
        },
      },
    },
    {
      name: "an empty internal, which says nothing",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "",
        },
      },
    },
    {
      name: "scheme alone",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
      },
    },
    {
      name: "internal alone",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" },
      },
    },
    {
      name: "a scheme that is none, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "public",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
        },
      },
    },
    {
      name: "the in-tree controller, which another rule judges",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
        },
      },
    },
  ],
  warn: [
    {
      name: "public, but internal says otherwise",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-internal]"],
    },
    {
      name: "public, but internal says otherwise in the in-tree controller's way",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-internal]"],
    },
    {
      name: "internal, but internal is 0, which is false",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip",
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "0",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-internal]"],
    },
  ],
});
