import { inTreeIgnoresAnnotation } from "../../src/rules/in-tree-ignores-annotation.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(inTreeIgnoresAnnotation, {
  allow: [
    {
      name: "an internal scheme that the old annotation repeats for the in-tree controller",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
        },
      },
    },
    {
      name: "a public scheme, which is what the in-tree controller builds anyway",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" } },
    },
    {
      name: "an internal scheme on a Service of the AWS controller",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
      },
    },
    {
      name: "the address type ipv4",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" } },
    },
    {
      name: "the target type instance",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance" } },
    },
    {
      name: "proxy protocol on a Classic load balancer",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" } },
    },
    {
      name: "proxy protocol on an in-tree NLB whose target group attribute turns it on",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=true",
        },
      },
    },
    {
      name: "a Service that is not a load balancer",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
        spec: { type: "ClusterIP" },
      },
    },
  ],
  deny: [
    {
      name: "an internal scheme on a load balancer that becomes public",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "an internal scheme in another spelling, whose meaning is plain",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": " Internal" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "a scheme that no controller knows: whatever it means, nobody would do it",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "public" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "an empty address type and a target type in no known word",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "pods",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]",
      ],
    },
    {
      name: "an internal scheme beside an old annotation that says false",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "false",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "a public scheme beside an old annotation that says 0.0.0.0/0, which means internal",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
          "service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "dualstack",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
    {
      name: "the target type ip",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]"],
    },
    {
      name: "proxy protocol on an in-tree NLB",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol]"],
    },
  ],
});
