import { subnetsEmpty } from "../../src/rules/subnets-empty.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams } from "./group-members.ts";

testRule(subnetsEmpty, {
  allow: [
    {
      name: "one subnet, empty items around it, beside an empty list of something else",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-subnets": ", subnet-1 ,",
          "service.beta.kubernetes.io/aws-load-balancer-security-groups": "",
        },
      },
    },
    {
      name: "the in-tree controller, which has a grammar of its own",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-subnets": "" } },
    },
    {
      name: "one subnet of an ALB",
      ingress: { annotations: { "alb.ingress.kubernetes.io/subnets": "subnet-1" } },
    },
    {
      name: "the subnets of a frontend NLB that nobody asks for",
      ingress: { annotations: { "alb.ingress.kubernetes.io/frontend-nlb-subnets": "" } },
    },
    {
      name: "an Ingress of another class",
      ingress: { spec: { ingressClassName: "nginx" }, annotations: { "alb.ingress.kubernetes.io/subnets": "" } },
    },
    {
      name: "what IngressClassParams overrule",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/subnets": "" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { subnets: { ids: ["subnet-1", "subnet-2"] } }),
    },
  ],
  deny: [
    {
      name: "an empty value",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-subnets": "" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-subnets]"],
    },
    {
      name: "blanks and commas",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-subnets": " , " },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-subnets]"],
    },
    {
      name: "an ALB",
      ingress: { annotations: { "alb.ingress.kubernetes.io/subnets": "" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/subnets]"],
    },
    {
      name: "a frontend NLB, which no IngressClassParams overrule",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/enable-frontend-nlb": "true",
          "alb.ingress.kubernetes.io/frontend-nlb-subnets": "",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-subnets]"],
    },
    {
      name: "what IngressClassParams leave open",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/subnets": "" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { scheme: "internal" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/subnets]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-subnets": "" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-subnets]"],
    },
    {
      name: "subnets that IngressClassParams may overrule",
      ingress: { annotations: { "alb.ingress.kubernetes.io/subnets": "" } },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/subnets]"],
    },
  ],
});
