import { proxyProtocolWithUdp } from "../../src/rules/proxy-protocol-with-udp.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(proxyProtocolWithUdp, {
  allow: [
    {
      name: "proxy protocol on TCP ports",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
    },
    {
      name: "proxy protocol on the TCP port only",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "80" },
      },
    },
    {
      name: "UDP without proxy protocol",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
      },
    },
    {
      name: "the annotation that Auto Mode never reads",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
    },
    {
      name: "UDP that loses its listener to TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
    },
  ],
  warn: [
    {
      name: "proxy protocol on all ports, one of them UDP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
      fields: ["spec.ports[1]"],
    },
    {
      name: "proxy protocol by the attribute, for Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=true",
        },
      },
      fields: ["spec.ports[0]"],
    },
    {
      name: "UDP that is merged with TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
      fields: ["spec.ports[1]"],
    },
    {
      name: "QUIC",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 443, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "h3",
        },
      },
      fields: ["spec.ports[0]"],
    },
    {
      name: "TCP that loses its listener to UDP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
      },
      fields: ["spec.ports[0]"],
    },
  ],
});
