import { invalidEnumeration } from "../../src/rules/invalid-enumeration.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, service } from "./backend-services.ts";
import { classWithParams } from "./group-members.ts";

testRule(invalidEnumeration, {
  allow: [
    {
      name: "each value as the controller spells it",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "off",
          "service.beta.kubernetes.io/aws-load-balancer-inbound-sg-rules-on-private-link-traffic": "on",
        },
      },
    },
    {
      name: "a health check protocol in upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "HTTP" },
      },
    },
    {
      name: "a health check protocol that is one in upper case only",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http\u017f" },
      },
    },
    {
      name: "the address type of ALBs on an NLB, which another rule explains",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack-without-public-ipv4",
        },
      },
    },
    {
      name: "an ALPN policy, which is read for TLS listeners only",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-alpn-policy": "http2" },
      },
    },
    {
      name: "a scheme that the in-tree controller never reads",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "public" } },
    },
    {
      name: "a scheme for a controller that we do not know",
      service: {
        spec: { loadBalancerClass: "example.com/lb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "public" },
      },
    },
    {
      name: "a proxy protocol that Auto Mode never reads",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "true" },
      },
    },
    {
      name: "an annotation of ALBs on a Service",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "alb.ingress.kubernetes.io/scheme": "public" },
      },
    },
    {
      name: "the address type that only an ALB has",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/scheme": "internet-facing",
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/target-type": "ip",
          "alb.ingress.kubernetes.io/backend-protocol-version": "GRPC",
        },
      },
    },
    {
      name: "the scheme of a frontend NLB that nobody asks for",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/enable-frontend-nlb": "false",
          "alb.ingress.kubernetes.io/frontend-nlb-scheme": "public",
        },
      },
    },
    {
      name: "a backend protocol that the Service says itself",
      ingress: { annotations: { "alb.ingress.kubernetes.io/backend-protocol": "http" } },
      cluster: [service("shop/web", { annotations: { "backend-protocol": "HTTP" } })],
    },
    {
      name: "a scheme that the IngressClassParams have in its place",
      ingress: {
        spec: { ingressClassName: "public" },
        annotations: { "alb.ingress.kubernetes.io/scheme": "public" },
      },
      cluster: classWithParams("public", { scheme: "internet-facing" }),
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: { "alb.ingress.kubernetes.io/scheme": "public" },
      },
    },
  ],
  deny: [
    {
      name: "every wrong value of a Service, in the object's order",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "public",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv6",
          "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "true",
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "true",
          "service.beta.kubernetes.io/aws-load-balancer-inbound-sg-rules-on-private-link-traffic": "yes",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "grpc",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-inbound-sg-rules-on-private-link-traffic]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol]",
      ],
    },
    {
      name: "an empty value, which is a value",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "another case and a blank",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "Internal",
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack ",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]",
      ],
    },
    {
      name: "a Service claimed by its type annotation",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-type": "external",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "public",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "a scheme for Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "public" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]"],
    },
    {
      name: "every wrong value of an Ingress",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/scheme": "internet",
          "alb.ingress.kubernetes.io/ip-address-type": "dual-stack",
          "alb.ingress.kubernetes.io/target-type": "IP",
          "alb.ingress.kubernetes.io/backend-protocol": "http",
        },
      },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/scheme]",
        "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]",
        "metadata.annotations[alb.ingress.kubernetes.io/target-type]",
        "metadata.annotations[alb.ingress.kubernetes.io/backend-protocol]",
      ],
      cluster: [service("shop/web")],
    },
    {
      name: "a backend protocol that one of two Services leaves to the Ingress",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/backend-protocol": "http" },
        spec: { rules: [{ http: { paths: [{ backend: { service: { name: "api", port: { number: 80 } } } }] } }] },
      },
      cluster: [service("shop/web", { annotations: { "backend-protocol": "HTTP" } }), service("shop/api")],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/backend-protocol]"],
    },
    {
      name: "a scheme beside IngressClassParams that leave it open",
      ingress: {
        spec: { ingressClassName: "public" },
        annotations: { "alb.ingress.kubernetes.io/scheme": "public" },
      },
      cluster: classWithParams("public", { ipAddressType: "dualstack" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "a scheme for an ALB of Auto Mode, which is in its documentation, too",
      ingress: {
        spec: { ingressClassName: "auto" },
        annotations: { "alb.ingress.kubernetes.io/scheme": "public" },
      },
      cluster: [autoModeClass],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "the scheme of a frontend NLB",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/enable-frontend-nlb": "true",
          "alb.ingress.kubernetes.io/frontend-nlb-scheme": "public",
        },
      },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-scheme]"],
    },
    {
      name: "a scheme beside IngressClassParams that the class annotation bypasses",
      ingress: {
        spec: { ingressClassName: undefined },
        annotations: {
          "kubernetes.io/ingress.class": "alb",
          "alb.ingress.kubernetes.io/scheme": "public",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
  ],
  warn: [
    {
      name: "a backend protocol that a Service may say, which nobody knows",
      ingress: { annotations: { "alb.ingress.kubernetes.io/backend-protocol": "TCP" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/backend-protocol]"],
    },
    {
      name: "a target type for a Service that is yet to come",
      ingress: { annotations: { "alb.ingress.kubernetes.io/target-type": "IP" } },
      cluster: [],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/target-type]"],
    },
    {
      name: "values that IngressClassParams may overrule, so that the controller never sees them",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/scheme": "public",
          "alb.ingress.kubernetes.io/ip-address-type": "ipv6",
          "alb.ingress.kubernetes.io/target-type": "pod",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/scheme]",
        "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]",
        "metadata.annotations[alb.ingress.kubernetes.io/target-type]",
      ],
    },
  ],
});
