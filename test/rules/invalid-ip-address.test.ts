import { invalidIpAddress } from "../../src/rules/invalid-ip-address.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(invalidIpAddress, {
  allow: [
    {
      name: "addresses of both families, with blanks",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": " 10.0.10.10 , 10.0.11.0",
          "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses":
            "2600:1f13:837:8510::10, 2600:1F13:837:8511:0:0:1.2.3.4",
        },
      },
    },
    {
      name: "no items, which another rule counts",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": "",
          "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses": ",",
        },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": "foo" } },
    },
  ],
  deny: [
    {
      name: "a name, a range, leading zeros and an octet too large, each of them",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses":
            "foo,10.0.10.10/32,010.0.10.10,10.0.10.256",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]",
      ],
    },
    {
      name: "the same fault twice, once",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": "foo,foo" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]"],
    },
    {
      name: "addresses of the other family",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": "2600:1f13:837:8510::10",
          "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses": "10.0.12.10",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
      ],
    },
    {
      name: "an IPv4 address in two IPv6 notations, and an address with a zone",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses":
            "::ffff:10.0.12.10,::FFFF:a00:c0a,2600:1f13:837:8510::10%eth0",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
      ],
    },
    {
      name: "a list without end, of which ten are enough",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses": "a,b,c,d,e,f,g,h,i,j,k,l" },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]",
      ],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": "foo" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]"],
    },
  ],
});
