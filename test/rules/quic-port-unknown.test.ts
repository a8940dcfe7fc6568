import { quicPortUnknown } from "../../src/rules/quic-port-unknown.ts";
import { testRule } from "../support/rule-tester.ts";

const quicField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports]";

testRule(quicPortUnknown, {
  allow: [
    {
      name: "a port by its number and one by its name",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "443,h3" },
      },
    },
    {
      name: "a list without items",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": " , " },
      },
    },
    {
      name: "two merged ports, by the name of the first one",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 443, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "https",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
    },
    {
      name: "the second port of a number, which loses its listener",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 443, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "h3" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "80" },
      },
    },
  ],
  warn: [
    {
      name: "a name in upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "H3" },
      },
      fields: [quicField],
    },
    {
      name: "a number with a leading zero, beside a good one",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "0444,444" },
      },
      fields: [quicField],
    },
    {
      name: "two merged ports, by the name of the second one",
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
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
      fields: [quicField],
    },
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "80" },
      },
      fields: [quicField],
    },
  ],
});
