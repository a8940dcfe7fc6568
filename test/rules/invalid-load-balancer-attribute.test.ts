import { invalidLoadBalancerAttribute } from "../../src/rules/invalid-load-balancer-attribute.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(invalidLoadBalancerAttribute, {
  allow: [
    {
      name: "a policy that there is",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes":
            "dns_record.client_routing_policy=partial_availability_zone_affinity,deletion_protection.enabled=true",
        },
      },
    },
    {
      name: "attributes without a policy",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "load_balancing.cross_zone.enabled=yes",
        },
      },
    },
    {
      name: "a map that does not parse, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "dns_record.client_routing_policy=x,y",
        },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "dns_record.client_routing_policy=x",
        },
      },
    },
    {
      name: "a frontend NLB that nobody asks for",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/frontend-nlb-attributes": "dns_record.client_routing_policy=x" },
      },
    },
    {
      name: "the attributes of the ALB itself",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/enable-frontend-nlb": "true",
          "alb.ingress.kubernetes.io/load-balancer-attributes": "dns_record.client_routing_policy=x",
        },
      },
    },
  ],
  deny: [
    {
      name: "another policy",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "dns_record.client_routing_policy=nearest",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "no value",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "dns_record.client_routing_policy=" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes":
            "dns_record.client_routing_policy=Any_availability_zone",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "a frontend NLB",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/enable-frontend-nlb": "true",
          "alb.ingress.kubernetes.io/frontend-nlb-attributes": "dns_record.client_routing_policy=x",
        },
      },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-attributes]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "dns_record.client_routing_policy=x",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
  ],
});
