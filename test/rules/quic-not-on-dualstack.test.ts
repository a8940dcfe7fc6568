import { quicNotOnDualstack } from "../../src/rules/quic-not-on-dualstack.ts";
import { testRule } from "../support/rule-tester.ts";

const addressTypeField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]";

testRule(quicNotOnDualstack, {
  allow: [
    {
      name: "IPv4",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4",
        },
      },
    },
    {
      name: "dual-stack without QUIC",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "80",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
        },
      },
    },
    {
      name: "a QUIC port that loses its listener to TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 443, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "h3",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
        },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
        },
      },
    },
  ],
  deny: [
    {
      name: "dual-stack",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
        },
      },
      fields: [addressTypeField],
    },
    {
      name: "dual-stack, of QUIC merged with TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 443, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "443",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
        },
      },
      fields: [addressTypeField],
    },
  ],
  warn: [
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
        },
      },
      fields: [addressTypeField],
    },
  ],
});
