import { proxyProtocolPortUnknown } from "../../src/rules/proxy-protocol-port-unknown.ts";
import { testRule } from "../support/rule-tester.ts";

const listField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group]";

testRule(proxyProtocolPortUnknown, {
  allow: [
    {
      name: "ports of the Service",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "https", port: 443, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": " 80 ,443," },
      },
    },
    {
      name: "no port at all",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "" },
      },
    },
    {
      name: "an item that is no number, which the controller rejects",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "8443,http" },
      },
    },
    {
      name: "a list that is overruled",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "8443",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
        },
      },
    },
    {
      name: "Auto Mode, which does not read it",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "8443" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "8443" },
      },
    },
  ],
  warn: [
    {
      name: "a port that is not there, beside one that is",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "80,8443" },
      },
      fields: [listField],
    },
    {
      name: "a leading zero",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "080" },
      },
      fields: [listField],
    },
    {
      name: "a sign",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "+80" },
      },
      fields: [listField],
    },
    {
      name: "the targetPort",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "8080",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=true",
        },
      },
      fields: [listField],
    },
  ],
});
