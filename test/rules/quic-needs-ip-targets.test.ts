import { quicNeedsIpTargets } from "../../src/rules/quic-needs-ip-targets.ts";
import { testRule } from "../support/rule-tester.ts";

const targetTypeField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]";

testRule(quicNeedsIpTargets, {
  allow: [
    {
      name: "ip targets",
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
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
    },
    {
      name: "ip targets by default",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
      profile: { defaultTargetType: "ip" },
    },
    {
      name: "instance targets without QUIC",
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
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
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
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
    },
    {
      name: "Auto Mode, with ip targets by default",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
    },
  ],
  deny: [
    {
      name: "instance targets",
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
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
      fields: [targetTypeField],
    },
    {
      name: "instance targets by default, of QUIC merged with TCP",
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
      fields: [targetTypeField],
    },
  ],
  warn: [
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
      fields: [targetTypeField],
    },
  ],
});
