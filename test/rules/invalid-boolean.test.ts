import { invalidBoolean } from "../../src/rules/invalid-boolean.ts";
import { testRule } from "../support/rule-tester.ts";
import { pathsTo, service } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

testRule(invalidBoolean, {
  allow: [
    {
      name: "the twelve words of Go, such as t and 0",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-internal": "t",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "0",
          "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled": "TRUE",
        },
      },
    },
    {
      name: "an internal annotation that a scheme overrules, so that nobody parses it",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0",
        },
      },
    },
    {
      name: "backend rules for a security group that the controller makes, so that nobody parses them",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules": "yes",
        },
      },
    },
    {
      name: "a listener switch that the controller passes over where it does not parse",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "yes" },
      },
    },
    {
      name: "the in-tree controller, to which any word but false means internal",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0" } },
    },
    {
      name: "annotations that Auto Mode never reads",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0",
          "service.beta.kubernetes.io/aws-load-balancer-access-log-enabled": "yes",
          "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled": "yes",
        },
      },
    },
    {
      name: "an Ingress with Go's words",
      ingress: { annotations: { "alb.ingress.kubernetes.io/enable-frontend-nlb": "False" } },
    },
    {
      name: "regular expressions for a path that is none, and a target group of a Service on a redirect",
      ingress: {
        annotations: keyed({
          "use-regex-path-match": "yes",
          "multi-cluster-target-group": "yes",
          "actions.web": '{"type":"redirect","redirectConfig":{"statusCode":"HTTP_301"}}',
        }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster: [service("shop/web")],
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: { "alb.ingress.kubernetes.io/enable-frontend-nlb": "yes" },
      },
    },
  ],
  deny: [
    {
      name: "the old value of the in-tree controller",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-internal]"],
    },
    {
      name: "yes, an empty value, and a spelling that is not Go's",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-internal": "yes",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "",
          "service.beta.kubernetes.io/aws-load-balancer-multi-cluster-target-group": "tRUE",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-internal]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-multi-cluster-target-group]",
      ],
    },
    {
      name: "backend rules for the author's own security group",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1",
          "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules": "yes",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules]",
      ],
    },
    {
      name: "regular expressions for a path, and a target group that the Service decides about as well",
      ingress: {
        annotations: keyed({ "use-regex-path-match": "yes", "multi-cluster-target-group": "yes" }),
        spec: {
          rules: [
            {
              http: {
                paths: [
                  {
                    path: "/a",
                    pathType: "ImplementationSpecific",
                    backend: { service: { name: "web", port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
      cluster: [service("shop/web", { annotations: { "multi-cluster-target-group": "false" } })],
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/use-regex-path-match]",
        "metadata.annotations[alb.ingress.kubernetes.io/multi-cluster-target-group]",
      ],
    },
    {
      name: "an Ingress with a word of YAML",
      ingress: { annotations: { "alb.ingress.kubernetes.io/enable-frontend-nlb": "yes" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/enable-frontend-nlb]"],
    },
  ],
  warn: [
    {
      name: "a switch that Auto Mode may read",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "no" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg]"],
    },
  ],
});
