import { sslPortUnknown } from "../../src/rules/ssl-port-unknown.ts";
import { testRule } from "../support/rule-tester.ts";

const sslPortsField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ssl-ports]";

testRule(sslPortUnknown, {
  allow: [
    {
      name: "a number and a name",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "https", port: 443, protocol: "TCP" },
            { name: "admin", port: 8443, protocol: "TCP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": " 443 , admin ",
        },
      },
    },
    {
      name: "a list without items",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "" },
      },
    },
    {
      name: "a UDP port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "h3", port: 444, protocol: "UDP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "h3" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "*" },
      },
    },
  ],
  deny: [
    {
      name: "a port that is not there, beside one that is",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "443,8443",
        },
      },
      fields: [sslPortsField],
    },
    {
      name: "two ports that are not there",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "https", port: 443, protocol: "TCP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "8443, admin" },
      },
      fields: [sslPortsField, sslPortsField],
    },
    {
      name: "without a certificate",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "8443" },
      },
      fields: [sslPortsField],
    },
    {
      name: "all, in the in-tree controller's words",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "*",
        },
      },
      fields: [sslPortsField],
    },
    {
      name: "a name in upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "HTTPS" },
      },
      fields: [sslPortsField],
    },
    {
      name: "a number with a leading zero",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "0443" },
      },
      fields: [sslPortsField],
    },
    {
      name: "the targetPort",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 8443 }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "8443" },
      },
      fields: [sslPortsField],
    },
  ],
  warn: [
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ssl-ports": "8443" },
      },
      fields: [sslPortsField],
    },
  ],
});
