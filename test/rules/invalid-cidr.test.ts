import { invalidCidr } from "../../src/rules/invalid-cidr.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams } from "./group-members.ts";

testRule(invalidCidr, {
  allow: [
    {
      name: "ranges of both families, with blanks, host bits, and a mapped one",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/inbound-cidrs": " 10.1.2.3/8 , ::/0, ::ffff:10.0.0.0/104" },
      },
    },
    {
      name: "no items, which the controller takes for the default",
      ingress: { annotations: { "alb.ingress.kubernetes.io/inbound-cidrs": "" } },
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: { "alb.ingress.kubernetes.io/inbound-cidrs": "foo" },
      },
    },
    {
      name: "the ranges of a Service, which the API server judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/load-balancer-source-ranges": "foo" },
      },
    },
    {
      name: "what IngressClassParams overrule",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/inbound-cidrs": "foo" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { inboundCIDRs: ["10.0.0.0/8"] }),
    },
  ],
  deny: [
    {
      name: "no length, one too long, leading zeros, a zone and semicolons, each of them",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/inbound-cidrs":
            "10.0.0.0,10.0.0.0/33,010.0.0.0/8,fe80::%eth0/64,10.0.0.0/8;11.0.0.0/8",
        },
      },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
      ],
    },
    {
      name: "a list without end, of which ten are enough",
      ingress: { annotations: { "alb.ingress.kubernetes.io/inbound-cidrs": "a,b,c,d,e,f,g,h,i,j,k,l" } },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
        "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]",
      ],
    },
    {
      name: "what IngressClassParams leave open",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/inbound-cidrs": "foo" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { scheme: "internal" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]"],
    },
  ],
  warn: [
    {
      name: "ranges that IngressClassParams may overrule",
      ingress: { annotations: { "alb.ingress.kubernetes.io/inbound-cidrs": "foo" } },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]"],
    },
  ],
});
