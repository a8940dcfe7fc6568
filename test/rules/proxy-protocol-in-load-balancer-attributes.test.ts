import { proxyProtocolInLoadBalancerAttributes } from "../../src/rules/proxy-protocol-in-load-balancer-attributes.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(proxyProtocolInLoadBalancerAttributes, {
  allow: [
    {
      name: "the attribute of the target group, where it belongs",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=true",
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=true",
        },
      },
    },
    {
      name: "a map that does not parse, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "proxy_protocol_v2.enabled=true,x" },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "proxy_protocol_v2.enabled=true" },
      },
    },
  ],
  deny: [
    {
      name: "the attribute of the target group on the load balancer",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "proxy_protocol_v2.enabled=false" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "the spelling of the EKS user guide, lines and all, in Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes":
            "proxy_protocol.v2.enabled=true\naccess_logs.s3.enabled=true\n",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "both",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-attributes":
            "proxy_protocol.v2.enabled=true,proxy_protocol_v2.enabled=true",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]",
      ],
    },
  ],
});
