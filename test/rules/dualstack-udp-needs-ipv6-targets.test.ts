import { dualstackUdpNeedsIpv6Targets } from "../../src/rules/dualstack-udp-needs-ipv6-targets.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(dualstackUdpNeedsIpv6Targets, {
  allow: [
    {
      name: "UDP with IPv6 targets",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4", "IPv6"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "TCP with IPv4 targets",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "UDP with IPv4 targets on an IPv4 load balancer",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
    },
    {
      name: "families that are not allocated yet",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      phase: "mutating",
    },
    {
      name: "the in-tree controller, which reads no address type",
      service: {
        spec: { ipFamilies: ["IPv4"], ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "UDP that loses its listener to TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "QUIC, which is impossible there and for another rule",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [{ name: "h3", port: 443, protocol: "UDP" }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "h3",
        },
      },
    },
  ],
  deny: [
    {
      name: "UDP with IPv4 targets",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      fields: ["spec.ipFamilies"],
    },
    {
      name: "TCP and UDP that share a listener",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
      fields: ["spec.ipFamilies"],
    },
    {
      name: "Auto Mode",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          ipFamilies: ["IPv4"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      fields: ["spec.ipFamilies"],
    },
    {
      name: "UDP that is merged with TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
      fields: ["spec.ipFamilies"],
    },
  ],
});
