import { defaultProfile } from "../../src/decision/facts.ts";
import { tcpUdpCannotMerge } from "../../src/rules/tcp-udp-cannot-merge.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(tcpUdpCannotMerge, {
  allow: [
    {
      name: "TCP and UDP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
    },
    {
      name: "UDP and TCP, beside others",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
    },
    {
      name: "SCTP on a number of its own",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "sig", port: 99, protocol: "SCTP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
    },
    {
      name: "three protocols that are not merged",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
          ],
        },
      },
    },
    {
      name: "a boolean that is none, where the gate is off",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "yes" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: {
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
    },
  ],
  deny: [
    {
      name: "TCP and SCTP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
      fields: ["spec.ports[2]"],
    },
    {
      name: "SCTP before UDP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
      fields: ["spec.ports[0]"],
    },
    {
      name: "three protocols, by the gate",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
          ],
        },
      },
      profile: { featureGates: { ...defaultProfile.featureGates, EnableTCPUDPListener: true } },
      fields: ["spec.ports[2]"],
    },
    {
      name: "one protocol twice",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "again", port: 53, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
      fields: ["spec.ports[1]"],
    },
    {
      name: "two numbers",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
            { name: "http", port: 80, protocol: "TCP" },
            { name: "web", port: 80, protocol: "SCTP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
      fields: ["spec.ports[1]", "spec.ports[3]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
      fields: ["spec.ports[1]"],
    },
  ],
});
