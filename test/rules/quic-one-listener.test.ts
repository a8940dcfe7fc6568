import { quicOneListener } from "../../src/rules/quic-one-listener.ts";
import { testRule } from "../support/rule-tester.ts";

const quicField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports]";

testRule(quicOneListener, {
  allow: [
    {
      name: "one QUIC listener beside TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
    },
    {
      name: "UDP without QUIC",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "80" },
      },
    },
    {
      name: "a UDP port that loses its listener",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "h3", port: 444, protocol: "UDP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: {
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
    },
  ],
  warn: [
    {
      name: "QUIC beside UDP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
      fields: [quicField],
    },
    {
      name: "QUIC beside UDP that is merged with TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "h3", port: 444, protocol: "UDP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
      fields: [quicField],
    },
    {
      name: "two QUIC listeners, one merged with TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 443, protocol: "UDP" },
            { name: "other", port: 444, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "443,444",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
      fields: [quicField],
    },
    {
      name: "Auto Mode",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
      fields: [quicField],
    },
  ],
});
