import { defaultProfile } from "../../src/decision/facts.ts";
import { invalidInteger } from "../../src/rules/invalid-integer.ts";
import { testRule } from "../support/rule-tester.ts";
import { pathsTo, service } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

testRule(invalidInteger, {
  allow: [
    {
      name: "what Go's ParseInt takes: a sign, leading zeros, the largest of 32 bits",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "+5",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout": "010",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold": "-5",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold": "2147483647",
        },
      },
    },
    {
      name: "ports by number, blanks and empty items between them, and numbers that are nobody's port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group":
            " 80 ,, +443, 080, -1, 4294967296,",
        },
      },
    },
    {
      name: "a list of ports without items",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "" },
      },
    },
    {
      name: "a timeout that nobody reads while its feature gate is off",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout": "fast" },
      },
      profile: { featureGates: { ...defaultProfile.featureGates, NLBHealthCheckAdvancedConfig: false } },
    },
    {
      name: "the in-tree controller, which has a grammar of its own",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "x" } },
    },
    {
      name: "a controller that we do not know",
      service: {
        spec: { loadBalancerClass: "example.com/lb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "x" },
      },
    },
    {
      name: "the bounds of a group order, and a session timeout of 64 bits",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/group.order": "-1000",
          "alb.ingress.kubernetes.io/auth-session-timeout": "4294967296",
        },
      },
    },
    {
      name: "an Ingress of another class",
      ingress: { spec: { ingressClassName: "nginx" }, annotations: { "alb.ingress.kubernetes.io/group.order": "x" } },
    },
    {
      name: "a health check of a frontend NLB that nobody asks for",
      ingress: { annotations: { "alb.ingress.kubernetes.io/frontend-nlb-healthcheck-interval-seconds": "x" } },
    },
    {
      name: "the port of a health check of the frontend NLB in a word, and a control port that no backend has",
      ingress: {
        annotations: keyed({
          "enable-frontend-nlb": "true",
          "frontend-nlb-healthcheck-port": "traffic-port",
          "target-control-port.web.8080": "x",
        }),
      },
      cluster: [service("shop/web")],
    },
    {
      name: "a health check for listeners of the frontend NLB that are mapped to no port",
      ingress: {
        annotations: keyed({
          "enable-frontend-nlb": "true",
          "frontend-nlb-listener-port-mapping": "443=8080",
          "frontend-nlb-healthcheck-interval-seconds": "x",
        }),
      },
    },
  ],
  deny: [
    {
      name: "a fraction, one more than 32 bits, an empty value and a unit",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "1.5",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout": "2147483648",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold": "",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold": "3s",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold]",
      ],
    },
    {
      name: "a port by name",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "80,https" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group]"],
    },
    {
      name: "each port by name, once",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "a,443,b,a" },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group]",
      ],
    },
    {
      name: "ports with a blank between them",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "80 443" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group]"],
    },
    {
      name: "a port beyond 64 bits",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "9223372036854775808",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group]"],
    },
    {
      name: "a group order beyond its bounds",
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.order": "1001" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.order]"],
    },
    {
      name: "a group order below them",
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.order": "-1001" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.order]"],
    },
    {
      name: "a redirect to a name, and a blank before a number",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ssl-redirect": "https",
          "alb.ingress.kubernetes.io/group.order": " 1",
        },
      },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/ssl-redirect]",
        "metadata.annotations[alb.ingress.kubernetes.io/group.order]",
      ],
    },
    {
      name: "a health check of the frontend NLB",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/enable-frontend-nlb": "true",
          "alb.ingress.kubernetes.io/frontend-nlb-healthcheck-interval-seconds": "x",
        },
      },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-healthcheck-interval-seconds]"],
    },
    {
      name: "the port of a health check of the frontend NLB by name",
      ingress: { annotations: keyed({ "enable-frontend-nlb": "true", "frontend-nlb-healthcheck-port": "http" }) },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-healthcheck-port]"],
    },
    {
      name: "a health check, a session and a control port on which the Service says nothing",
      ingress: {
        annotations: keyed({
          "healthcheck-interval-seconds": "15s",
          "auth-session-timeout": "1h",
          "target-control-port.web.http": "x",
        }),
        spec: pathsTo(["web", "http"]),
      },
      cluster: [service("shop/web")],
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/healthcheck-interval-seconds]",
        "metadata.annotations[alb.ingress.kubernetes.io/auth-session-timeout]",
        "metadata.annotations[alb.ingress.kubernetes.io/target-control-port.web.http]",
      ],
    },
    {
      name: "a group order that no IngressClassParams overrule, although there are some",
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.order": "x" } },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.order]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "x" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval]"],
    },
    {
      name: "a health check on which a Service behind the Ingress may have its own word",
      ingress: { annotations: { "alb.ingress.kubernetes.io/healthcheck-interval-seconds": "x" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/healthcheck-interval-seconds]"],
    },
    {
      name: "a port of a Service that nobody knows",
      ingress: { annotations: { "alb.ingress.kubernetes.io/target-control-port.web.80": "x" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/target-control-port.web.80]"],
    },
    {
      name: "a redirect that IngressClassParams may overrule",
      ingress: { annotations: { "alb.ingress.kubernetes.io/ssl-redirect": "https" } },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/ssl-redirect]"],
    },
  ],
});
