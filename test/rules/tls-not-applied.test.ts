import { tlsNotApplied } from "../../src/rules/tls-not-applied.ts";
import { testRule } from "../support/rule-tester.ts";

const sslPortsField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ssl-ports]";
const certificateField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ssl-cert]";
const backendField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-backend-protocol]";

testRule(tlsNotApplied, {
  allow: [
    {
      name: "a certificate and its port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "https", port: 443, protocol: "TCP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443",
        },
      },
    },
    {
      name: "a certificate for the TCP port, beside UDP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
        },
      },
    },
    {
      name: "a number that a UDP port has, too",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 443, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443",
        },
      },
    },
    {
      name: "a port that is not there, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "8443",
        },
      },
    },
    {
      name: "a list without items and without a certificate",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "" },
      },
    },
    {
      name: "TLS to the targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-backend-protocol": "ssl",
          "service.beta.kubernetes.io/aws-load-balancer-alpn-policy": "HTTP2Preferred",
        },
      },
    },
    {
      name: "plain TCP to the targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-backend-protocol": "tcp",
        },
      },
    },
    {
      name: "a backend protocol without any TLS",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-backend-protocol": "SSL" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443",
          "service.beta.kubernetes.io/aws-load-balancer-alpn-policy": "None",
        },
      },
    },
  ],
  warn: [
    {
      name: "ports without a certificate",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443" },
      },
      fields: [sslPortsField],
    },
    {
      name: "ports with a certificate that is empty",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": " ,",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443",
          "service.beta.kubernetes.io/aws-load-balancer-alpn-policy": "None",
        },
      },
      fields: [sslPortsField],
    },
    {
      name: "a UDP port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443,h3",
        },
      },
      fields: [sslPortsField],
    },
    {
      name: "TCP that is merged with UDP, by the name of either",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 443, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "h3",
        },
      },
      fields: [sslPortsField],
    },
    {
      name: "TCP that is merged with UDP, beside TLS",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
      fields: [certificateField],
    },
    {
      name: "a certificate for UDP only",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
        },
      },
      fields: [certificateField],
    },
    {
      name: "TLS to the targets in another spelling",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-backend-protocol": "SSL",
        },
      },
      fields: [backendField],
    },
    {
      name: "HTTPS to the targets, beside a UDP port in the list",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "h3", port: 444, protocol: "UDP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443,h3",
          "service.beta.kubernetes.io/aws-load-balancer-backend-protocol": "https",
        },
      },
      fields: [sslPortsField, backendField],
    },
    {
      name: "policies without any TLS",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
          "service.beta.kubernetes.io/aws-load-balancer-alpn-policy": "None",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-alpn-policy]",
      ],
    },
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443" },
      },
      fields: [sslPortsField],
    },
  ],
});
