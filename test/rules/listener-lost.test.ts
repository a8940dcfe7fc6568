import { defaultProfile } from "../../src/decision/facts.ts";
import { listenerLost } from "../../src/rules/listener-lost.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(listenerLost, {
  allow: [
    {
      name: "TCP and UDP merged",
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
      name: "TCP and UDP merged by the gate",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
      },
      profile: { featureGates: { ...defaultProfile.featureGates, EnableTCPUDPListener: true } },
    },
    {
      name: "TCP and UDP on two numbers",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 54, protocol: "UDP" },
          ],
        },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: {
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
      },
    },
  ],
  deny: [
    {
      name: "UDP behind TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
      },
      fields: ["spec.ports[2]"],
    },
    {
      name: "TCP behind UDP, with the merging written off",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "false" },
      },
      fields: ["spec.ports[1]"],
    },
    {
      name: "two of three protocols",
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
      fields: ["spec.ports[1]", "spec.ports[2]"],
    },
    {
      name: "before allocation",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
      },
      phase: "mutating",
      fields: ["spec.ports[1]"],
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
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
      },
      fields: ["spec.ports[1]"],
    },
  ],
});
