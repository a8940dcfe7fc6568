import { unreadableProxyProtocolAttribute } from "../../src/rules/unreadable-proxy-protocol-attribute.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(unreadableProxyProtocolAttribute, {
  allow: [
    {
      name: "true and false",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=true",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "proxy_protocol_v2.enabled=false",
        },
      },
    },
    {
      name: "no value, which counts as none",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=",
        },
      },
    },
    {
      name: "a value that each port overrules",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=TRUE",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "proxy_protocol_v2.enabled=true",
        },
      },
    },
    {
      name: "a value that the annotation for all ports overrules",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=TRUE",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
        },
      },
    },
    {
      name: "a value that the list of ports overrules",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=TRUE",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "",
        },
      },
    },
    {
      name: "a port that is not there",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.8080": "proxy_protocol_v2.enabled=TRUE",
        },
      },
    },
    {
      name: "a map that does not parse, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=TRUE,x",
        },
      },
    },
    {
      name: "the in-tree controller, which has a grammar of its own",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=TRUE",
        },
      },
    },
  ],
  warn: [
    {
      name: "upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=TRUE",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]"],
    },
    {
      name: "a comma at the end, on one port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "proxy_protocol_v2.enabled=true,",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80]"],
    },
    {
      name: "a value that a port without one falls back to",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=on",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "proxy_protocol_v2.enabled=",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]"],
    },
    {
      name: "a value for the ports that have none of their own",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80 },
            { name: "https", port: 443 },
          ],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=on",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "proxy_protocol_v2.enabled=true",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]"],
    },
    {
      name: "Auto Mode, which does not know the annotation for all ports",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=1",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]"],
    },
  ],
});
