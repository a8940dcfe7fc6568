import { quicNeedsUdp } from "../../src/rules/quic-needs-udp.ts";
import { testRule } from "../support/rule-tester.ts";

const quicField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports]";

testRule(quicNeedsUdp, {
  allow: [
    {
      name: "a UDP port by its number",
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
      name: "the UDP port by its name, where TCP has the same number",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "h3", port: 443, protocol: "UDP" },
            { name: "https", port: 443, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "h3" },
      },
    },
    {
      name: "TCP and UDP merged, by the number",
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
        },
      },
    },
    {
      name: "the name of the second of two merged ports, which is passed over",
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
    },
    {
      name: "a port that the Service does not have",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "80" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "443" },
      },
    },
  ],
  deny: [
    {
      name: "a TCP port by its name",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "https, h3" },
      },
      fields: [quicField],
    },
    {
      name: "a number that TCP has, too",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "h3", port: 443, protocol: "UDP" },
            { name: "https", port: 443, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "443" },
      },
      fields: [quicField],
    },
    {
      name: "a TLS port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "443",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
        },
      },
      fields: [quicField],
    },
    {
      name: "two TCP ports",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "https", port: 443, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "80,443" },
      },
      fields: [quicField, quicField],
    },
  ],
  warn: [
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "443" },
      },
      fields: [quicField],
    },
  ],
});
