import { defaultProfile } from "../../src/decision/facts.ts";
import { quicNeedsNoSecurityGroups } from "../../src/rules/quic-needs-no-security-groups.ts";
import { testRule } from "../support/rule-tester.ts";

const securityGroupField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg]";

testRule(quicNeedsNoSecurityGroups, {
  allow: [
    {
      name: "no security groups",
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
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "true",
        },
      },
    },
    {
      name: "no security groups, whatever is named",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "1",
          "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-0aaa",
        },
      },
    },
    {
      name: "no security groups by the controller's gate",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444" },
      },
      profile: { featureGates: { ...defaultProfile.featureGates, NLBSecurityGroup: false } },
    },
    {
      name: "a value that is no boolean, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "yes",
        },
      },
    },
    {
      name: "security groups without QUIC",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "80" },
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
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "h3" },
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
      name: "the group that the controller makes",
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
      fields: [securityGroupField],
    },
    {
      name: "groups of the author's own",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "false",
          "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-0aaa",
        },
      },
      fields: [securityGroupField],
    },
    {
      name: "QUIC merged with TCP",
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
      fields: [securityGroupField],
    },
  ],
  warn: [
    {
      name: "Auto Mode, where there always are some",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "444",
          "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "true",
        },
      },
      fields: [securityGroupField],
    },
  ],
});
