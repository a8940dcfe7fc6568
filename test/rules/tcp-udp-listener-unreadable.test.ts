import { tcpUdpListenerUnreadable } from "../../src/rules/tcp-udp-listener-unreadable.ts";
import { testRule } from "../support/rule-tester.ts";

const listenerField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener]";

testRule(tcpUdpListenerUnreadable, {
  allow: [
    {
      name: "true in a word of Go's",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "t" },
      },
    },
    {
      name: "false",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "False" },
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
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "yes" },
      },
    },
  ],
  warn: [
    {
      name: "yes",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "yes" },
      },
      fields: [listenerField],
    },
    {
      name: "nothing",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "" },
      },
      fields: [listenerField],
    },
    {
      name: "true and a blank",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true " },
      },
      fields: [listenerField],
    },
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
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "on" },
      },
      fields: [listenerField],
    },
  ],
});
