import { proxyProtocolLocalHealthCheck } from "../../src/rules/proxy-protocol-local-health-check.ts";
import { testRule } from "../support/rule-tester.ts";

const healthCheckField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol]";

testRule(proxyProtocolLocalHealthCheck, {
  allow: [
    {
      name: "ip targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Local" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
    },
    {
      name: "externalTrafficPolicy Cluster",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Cluster" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
    },
    {
      name: "no proxy protocol",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Local" } },
    },
    {
      name: "proxy protocol for a port that the Service does not have, which switches it off",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Local" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "8443" },
      },
    },
    {
      name: "a TCP health check in upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Local" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "TCP",
        },
      },
    },
    {
      name: "a health check on the traffic's own port, where the pod answers",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Local" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "traffic-port",
        },
      },
    },
    {
      name: "a default of ip targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Local" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
      profile: { defaultTargetType: "ip" },
    },
    {
      name: "the in-tree controller's Classic load balancer",
      service: {
        spec: { externalTrafficPolicy: "Local" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
    },
  ],
  deny: [
    {
      name: "proxy protocol to instances with externalTrafficPolicy Local",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Local" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
      fields: [healthCheckField],
    },
    {
      name: "an HTTP health check that is written",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", externalTrafficPolicy: "Local" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
        },
      },
      fields: [healthCheckField],
    },
    {
      name: "proxy protocol on one of two ports",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          externalTrafficPolicy: "Local",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "https", port: 443, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "443" },
      },
      fields: [healthCheckField],
    },
    {
      name: "Auto Mode with instance targets and the attribute",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", externalTrafficPolicy: "Local" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=true",
        },
      },
      fields: [healthCheckField],
    },
  ],
});
