import { invalidSourceNatIpv6Prefixes } from "../../src/rules/invalid-source-nat-ipv6-prefixes.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(invalidSourceNatIpv6Prefixes, {
  allow: [
    {
      name: "a range, one with host bits, and the word, with blanks",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes":
            " 2600:1f13:837:8510:1::/80 , 2600:1f13:837:8511:1::5/80, auto_assigned",
        },
      },
    },
    {
      name: "what the controller does not look at behind the length",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "2600:1f13:837:8510:1::/80/64",
        },
      },
    },
    {
      name: "no items, which another rule counts",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "",
        },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "foo" } },
    },
  ],
  deny: [
    {
      name: "the word in another spelling, twice",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "auto-assigned,AUTO_ASSIGNED",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
      ],
    },
    {
      name: "other lengths, compared as text",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes":
            "2600:1f13:837:8510:1::/64,2600:1f13:837:8510:1::/081,2600:1f13:837:8510:1::/080,2600::/",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
      ],
    },
    {
      name: "IPv4, no address, and addresses that lie in no subnet",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes":
            "10.0.10.0/80,zz::/80,::ffff:10.0.0.0/80,2600::%eth0/80",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
      ],
    },
    {
      name: "a list without end, of which ten are enough",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "a,b,c,d,e,f,g,h,i,j,k,l",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]",
      ],
    },
    {
      name: "a bad item, although the NLB is IPv4 only",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "foo" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on",
          "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes": "foo",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes]"],
    },
  ],
});
