import { dualstackUdpNeedsSourceNatPrefix } from "../../src/rules/dualstack-udp-needs-source-nat-prefix.ts";
import { testRule } from "../support/rule-tester.ts";

const prefixField =
  "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat]";

testRule(dualstackUdpNeedsSourceNatPrefix, {
  allow: [
    {
      name: "UDP with the prefix on",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv6"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
        },
      },
    },
    {
      name: "TCP without the prefix",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv6"],
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "UDP on an IPv4 load balancer",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv6"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
    },
    {
      name: "UDP with IPv4 targets, which another rule judges",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "the in-tree controller, which reads no address type",
      service: {
        spec: { ipFamilies: ["IPv6"], ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "UDP that loses its listener to TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv6"],
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
          ipFamilies: ["IPv6"],
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
      name: "UDP without the prefix",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv6"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      fields: [prefixField],
    },
    {
      name: "UDP with the prefix off, behind a TCP port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv4", "IPv6"],
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "off",
        },
      },
      fields: [prefixField],
    },
    {
      name: "Auto Mode",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          ipFamilies: ["IPv6"],
          ports: [{ name: "dns", port: 53, protocol: "UDP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
      fields: [prefixField],
    },
    {
      name: "UDP that is merged with TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ipFamilies: ["IPv6"],
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
      fields: [prefixField],
    },
  ],
});
