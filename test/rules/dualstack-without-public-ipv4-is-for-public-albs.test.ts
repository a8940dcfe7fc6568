import { dualstackWithoutPublicIpv4IsForPublicAlbs } from "../../src/rules/dualstack-without-public-ipv4-is-for-public-albs.ts";
import { testRule } from "../support/rule-tester.ts";

const ingressField = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const serviceField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]";

testRule(dualstackWithoutPublicIpv4IsForPublicAlbs, {
  allow: [
    {
      name: "an internet-facing ALB",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internet-facing",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
    },
    {
      name: "an ALB that is internet-facing by the controller's default",
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" } },
      profile: { albClasses: [{ name: "alb", hasParams: false }], defaultScheme: "internet-facing" },
    },
    {
      name: "an ALB that says internet-facing, whatever its group and params say",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internet-facing",
          "alb.ingress.kubernetes.io/group.name": "shared",
        },
      },
    },
    {
      name: "an internal ALB that is plainly dual-stack",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack",
          "alb.ingress.kubernetes.io/scheme": "internal",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
    },
    {
      name: "a scheme that is none, which another rule judges",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "public",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" },
      },
    },
    {
      name: "a dual-stack NLB",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "the in-tree controller, which reads no address type",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack-without-public-ipv4",
        },
      },
    },
  ],
  deny: [
    {
      name: "an ALB that says internal",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internal",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [ingressField],
    },
    {
      name: "an ALB that is internal by the controller's default",
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" } },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [ingressField],
    },
    {
      name: "an ALB that says internal in a group, whose members cannot say otherwise",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internal",
          "alb.ingress.kubernetes.io/group.name": "shared",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [ingressField],
    },
    {
      name: "an NLB, even a public one",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack-without-public-ipv4",
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
        },
      },
      fields: [serviceField],
    },
    {
      name: "an NLB of Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack-without-public-ipv4",
        },
      },
      fields: [serviceField],
    },
  ],
  warn: [
    {
      name: "an ALB whose class may carry params",
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" } },
      fields: [ingressField],
    },
    {
      name: "an ALB that says internal, which params may overrule",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internal",
        },
      },
      fields: [ingressField],
    },
    {
      name: "an ALB whose group may say either",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/group.name": "shared",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [ingressField],
    },
  ],
});
