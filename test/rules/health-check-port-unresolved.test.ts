import { healthCheckPortUnresolved } from "../../src/rules/health-check-port-unresolved.ts";
import { testRule } from "../support/rule-tester.ts";

const healthCheckField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-port]";

testRule(healthCheckPortUnresolved, {
  allow: [
    {
      name: "traffic-port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "traffic-port" },
      },
    },
    {
      name: "a number",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254" },
      },
    },
    {
      name: "a number that is no port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "-1" },
      },
    },
    {
      name: "a number with leading zeros, as Go reads it",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "+070000" },
      },
    },
    {
      name: "the name of a port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
    },
    {
      name: "the name of a port before the API server fills in its targetPort",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      phase: "mutating",
    },
    {
      name: "a named targetPort behind a node port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "web" }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
    },
    {
      name: "nothing, which is the name of a port without a name",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "nosuch" },
      },
    },
  ],
  deny: [
    {
      name: "a name that no port has",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "nosuch" },
      },
      fields: [healthCheckField],
    },
    {
      name: "nothing, where each port has a name",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "" },
      },
      fields: [healthCheckField],
    },
    {
      name: "traffic-port in upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "Traffic-Port" },
      },
      fields: [healthCheckField],
    },
    {
      name: "a number and a blank",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "80 " },
      },
      fields: [healthCheckField],
    },
    {
      name: "more than 32 bits",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "4294967296" },
      },
      fields: [healthCheckField],
    },
    {
      name: "a named targetPort of pods",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "web" }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      fields: [healthCheckField],
    },
  ],
  warn: [
    {
      name: "Auto Mode, with ip targets by default",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "web" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http" },
      },
      fields: [healthCheckField],
    },
  ],
});
