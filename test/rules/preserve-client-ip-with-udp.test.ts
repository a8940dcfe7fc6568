import { preserveClientIpWithUdp } from "../../src/rules/preserve-client-ip-with-udp.ts";
import { testRule } from "../support/rule-tester.ts";

const attributesField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]";

testRule(preserveClientIpWithUdp, {
  allow: [
    {
      name: "off for TCP",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
        },
      },
    },
    {
      name: "off for the TCP port of two",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "preserve_client_ip.enabled=false",
        },
      },
    },
    {
      name: "on again for the UDP port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.53": "preserve_client_ip.enabled=true",
        },
      },
    },
    {
      name: "on for UDP",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=1",
        },
      },
    },
    {
      name: "a UDP port that loses its listener to TCP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
        },
      },
    },
    {
      name: "a value and a map that the controller rejects",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "more", port: 54, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.53": "preserve_client_ip.enabled=",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.54": "x",
        },
      },
    },
    {
      name: "the port of another protocol or none",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "preserve_client_ip.enabled=false",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.dns":
            "preserve_client_ip.enabled=false",
        },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
        },
      },
    },
  ],
  deny: [
    {
      name: "off for all ports, one of them UDP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "more", port: 54, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes":
            "stickiness.enabled=true,preserve_client_ip.enabled=false",
        },
      },
      fields: [attributesField],
    },
    {
      name: "off for the UDP port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=true",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.53": "preserve_client_ip.enabled=F",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.53]"],
    },
    {
      name: "off both ways",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "more", port: 54, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.53": "preserve_client_ip.enabled=false",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.53]",
        attributesField,
      ],
    },
    {
      name: "off for UDP by all ports, beside another attribute of its own",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.53": "stickiness.enabled=true",
        },
      },
      fields: [attributesField],
    },
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
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
      fields: [attributesField],
    },
    {
      name: "QUIC",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
          "service.beta.kubernetes.io/aws-load-balancer-quic-enabled-ports": "h3",
        },
      },
      fields: [attributesField],
    },
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
        },
      },
      fields: [attributesField],
    },
  ],
});
