import { invalidTargetGroupAttribute } from "../../src/rules/invalid-target-group-attribute.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(invalidTargetGroupAttribute, {
  allow: [
    {
      name: "booleans of the Go language, blanks around them",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled= t ",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "preserve_client_ip.enabled=0",
        },
      },
    },
    {
      name: "a port that is not there",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.8080": "preserve_client_ip.enabled=bad",
        },
      },
    },
    {
      name: "a map that does not parse, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=bad,x",
        },
      },
    },
    {
      name: "an attribute that the controller passes on unread",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "stickiness.enabled=bad",
        },
      },
    },
    {
      name: "the in-tree controller, which has a grammar of its own",
      service: {
        spec: { ports: [{ port: 80 }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=bad",
        },
      },
    },
  ],
  deny: [
    {
      name: "yes, although the port has its own word",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=yes",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "preserve_client_ip.enabled=true",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]"],
    },
    {
      name: "no value for the port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=true",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "preserve_client_ip.enabled=",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80]"],
    },
    {
      name: "a comma at the end",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=true,",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=yes",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]"],
    },
  ],
});
