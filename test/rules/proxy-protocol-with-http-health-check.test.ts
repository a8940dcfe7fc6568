import { proxyProtocolWithHttpHealthCheck } from "../../src/rules/proxy-protocol-with-http-health-check.ts";
import { testRule } from "../support/rule-tester.ts";

const healthCheckField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol]";

testRule(proxyProtocolWithHttpHealthCheck, {
  allow: [
    {
      name: "HTTP on the traffic port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
        },
      },
    },
    {
      name: "HTTP on the traffic port, spelled out",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "HTTPS",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "traffic-port",
        },
      },
    },
    {
      name: "TCP on a port of its own",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "tcp",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
    },
    {
      name: "a port of its own without a protocol",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
    },
    {
      name: "HTTP on a port of its own without proxy protocol",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
    },
    {
      name: "the name of a port that has proxy protocol",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
        },
      },
    },
    {
      name: "the targetPort of one that has it",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "8080",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
    },
    {
      name: "the nodePort of one that has it",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080, nodePort: 30080 }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "30080",
        },
      },
    },
    {
      name: "proxy protocol that does not parse",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "true",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
    },
    {
      name: "the annotation that Auto Mode does not read",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
    },
  ],
  warn: [
    {
      name: "HTTP on a port of its own",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
      fields: [healthCheckField],
    },
    {
      name: "HTTPS, in upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "HTTPS",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
      fields: [healthCheckField],
    },
    {
      name: "the name of a port without proxy protocol",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "https", port: 443, protocol: "TCP" },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "443",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
        },
      },
      fields: [healthCheckField],
    },
    {
      name: "the targetPort, where node ports are the targets",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080, nodePort: 30080 }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "8080",
        },
      },
      fields: [healthCheckField],
    },
    {
      name: "Auto Mode, by the attribute",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=true",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254",
        },
      },
      fields: [healthCheckField],
    },
  ],
});
