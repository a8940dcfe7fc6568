import { valueNotAllowedByPolicy } from "../../src/rules/value-not-allowed-by-policy.ts";
import { testRule } from "../support/rule-tester.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const withoutParams = { albClasses: [{ name: "alb", hasParams: false }] };
const scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const internal = "service.beta.kubernetes.io/aws-load-balancer-internal";
const attributes = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes";
const onlyInternal = { service: { scheme: { allowed: ["internal"] } } };
const onlyPublic = { service: { scheme: { allowed: ["internet-facing"] } } };
const noProxyProtocol = { service: { proxyProtocol: { allowed: ["Off"] } } };
const proxyProtocol = { service: { proxyProtocol: { allowed: ["On"] } } };

testRule(valueNotAllowedByPolicy, {
  allow: [
    {
      name: "any scheme where the policy has no bound",
      policy: {},
      service: { annotations: { [scheme]: "internal" } },
    },
    { name: "any scheme without a policy", service: {} },
    { name: "an allowed scheme", policy: onlyInternal, service: { annotations: { [scheme]: "internal" }, spec } },
    { name: "no scheme, where the controller's default is allowed", policy: onlyInternal, service: { spec } },
    {
      name: "an in-tree load balancer that is internal",
      policy: onlyInternal,
      service: { annotations: { [internal]: "true" } },
    },
    {
      name: "a scheme that is none, which another rule refuses",
      policy: onlyInternal,
      service: { annotations: { [scheme]: "public" }, spec },
    },
    {
      name: "a removed scheme, since the load balancer keeps the one that was allowed",
      policy: onlyPublic,
      old: {
        annotations: { [scheme]: "internet-facing" },
        spec,
        status: { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } },
      },
      service: { spec },
    },
    {
      name: "another controller's load balancer, of which nothing but its class is known",
      policy: { service: { scheme: { allowed: ["internal"] }, loadBalancerClass: { allowed: ["example.com/lb"] } } },
      service: { annotations: { [scheme]: "internet-facing" }, spec: { loadBalancerClass: "example.com/lb" } },
    },
    {
      name: "an allowed class",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: { spec },
    },
    {
      name: "the type annotation, which stands for the AWS controller's class",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" } },
    },
    {
      name: "proxy protocol on no port where none may have it",
      policy: noProxyProtocol,
      service: { annotations: { [attributes]: "proxy_protocol_v2.enabled=false" }, spec },
    },
    {
      name: "proxy protocol by an annotation that does not parse, which another rule refuses",
      policy: noProxyProtocol,
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "on" }, spec },
    },
    {
      name: "a Service that is not a load balancer",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: { spec: { type: "ClusterIP" } },
    },
    {
      name: "an allowed scheme of an Ingress that nobody else decides",
      profile: withoutParams,
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" } },
    },
    {
      name: "an allowed scheme in a group, whose members must agree with it",
      profile: withoutParams,
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/group.name": "shared",
          "alb.ingress.kubernetes.io/scheme": "internal",
        },
      },
    },
    {
      name: "a target type that is none, which another rule refuses",
      profile: withoutParams,
      policy: { ingress: { targetType: { allowed: ["ip"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/target-type": "IP" } },
    },
    {
      name: "a scheme that is none where IngressClassParams may decide, which another rule refuses",
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "public" } },
    },
    {
      name: "an Ingress of another controller",
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" },
        spec: { ingressClassName: "nginx" },
      },
    },
    {
      name: "an Ingress without a group",
      policy: { ingress: { groupName: { allowed: ["public-*"] } } },
      ingress: {},
    },
    {
      name: "a group that a pattern matches",
      policy: { ingress: { groupName: { allowed: ["team", "public-*-eu"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "public-shop-eu" } },
    },
    {
      name: "a group that stands in the list as it is",
      policy: { ingress: { groupName: { allowed: ["public-*", "team"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "team" } },
    },
  ],
  deny: [
    {
      name: "a scheme that is not allowed",
      policy: onlyInternal,
      service: { annotations: { [scheme]: "internet-facing" }, spec },
      fields: [`metadata.annotations[${scheme}]`],
    },
    {
      name: "no scheme, where the controller's default is not allowed",
      policy: onlyPublic,
      service: { spec },
      fields: [`metadata.annotations[${scheme}]`],
    },
    {
      name: "a scheme in force as before, named by the annotation that said so before: no new fault",
      policy: onlyInternal,
      old: { annotations: { [internal]: "false" }, spec },
      service: { annotations: { [scheme]: "internet-facing" }, spec },
      fields: [`metadata.annotations[${internal}]`],
    },
    {
      name: "a scheme that was allowed before, named by the annotation that says so now",
      policy: onlyInternal,
      old: { annotations: { [internal]: "true" }, spec },
      service: { annotations: { [scheme]: "internet-facing" }, spec },
      fields: [`metadata.annotations[${scheme}]`],
    },
    {
      name: "the old annotation that makes it public",
      policy: onlyInternal,
      service: { annotations: { [internal]: "f" }, spec },
      fields: [`metadata.annotations[${internal}]`],
    },
    {
      name: "the scheme of EKS Auto Mode, which does not read the old annotation",
      policy: onlyPublic,
      service: { annotations: { [internal]: "false" }, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } },
      fields: [`metadata.annotations[${scheme}]`],
    },
    {
      name: "an in-tree load balancer, which is public unless the old annotation says otherwise",
      policy: onlyInternal,
      service: { annotations: { [scheme]: "internal" } },
      fields: [`metadata.annotations[${internal}]`],
    },
    {
      name: "an in-tree load balancer where only dual-stack and pod targets are allowed",
      policy: { service: { ipAddressType: { allowed: ["dualstack"] }, targetType: { allowed: ["ip"] } } },
      service: {},
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]",
      ],
    },
    {
      name: "an address type left out where ipv4 is not allowed",
      policy: { service: { ipAddressType: { allowed: ["dualstack"] } } },
      service: { spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
    {
      name: "ip targets by the type annotation",
      policy: { service: { targetType: { allowed: ["instance"] } } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" }, spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "no class where one must be set",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: {},
      fields: ["spec.loadBalancerClass"],
    },
    {
      name: "the type annotation, where the AWS controller's class is not allowed",
      policy: { service: { loadBalancerClass: { allowed: ["eks.amazonaws.com/nlb"] } } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "the type annotation of the in-tree controller, which stands for no class",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" } },
      fields: ["spec.loadBalancerClass"],
    },
    {
      name: "another controller's class, and nothing else of it",
      policy: {
        service: { scheme: { allowed: ["internal"] }, loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } },
      },
      service: { spec: { loadBalancerClass: "example.com/lb" } },
      fields: ["spec.loadBalancerClass"],
    },
    {
      name: "proxy protocol on one of two ports where none may have it",
      policy: noProxyProtocol,
      service: {
        annotations: { [`${attributes}.443`]: "proxy_protocol_v2.enabled=true" },
        spec: {
          ...spec,
          ports: [
            { name: "http", port: 80 },
            { name: "https", port: 443 },
          ],
        },
      },
      fields: [`metadata.annotations[${attributes}.443]`],
    },
    {
      name: "proxy protocol by a list of ports where none may have it",
      policy: noProxyProtocol,
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "80" },
        spec,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group]"],
    },
    {
      name: "no proxy protocol where it must be on",
      policy: proxyProtocol,
      service: { spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol]"],
    },
    {
      name: "no proxy protocol under EKS Auto Mode, which reads the attribute only",
      policy: proxyProtocol,
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
      },
      fields: [`metadata.annotations[${attributes}]`],
    },
    {
      name: "no proxy protocol on a Classic load balancer, which reads the annotation only",
      policy: proxyProtocol,
      service: { annotations: { [attributes]: "proxy_protocol_v2.enabled=true" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol]"],
    },
    {
      name: "the scheme, address type and target type of an Ingress that nobody else decides, left out",
      profile: withoutParams,
      policy: {
        ingress: {
          scheme: { allowed: ["internet-facing"] },
          ipAddressType: { allowed: ["dualstack"] },
          targetType: { allowed: ["ip"] },
        },
      },
      ingress: {},
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/scheme]",
        "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]",
        "metadata.annotations[alb.ingress.kubernetes.io/target-type]",
      ],
    },
    {
      name: "a written scheme that is not allowed, although IngressClassParams may overrule it",
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "a group that no pattern matches",
      policy: { ingress: { groupName: { allowed: ["public-*-eu"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "public-eu" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.name]"],
    },
    {
      name: "a group whose name only ends like the pattern",
      policy: { ingress: { groupName: { allowed: ["public-*"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "my-public-web" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.name]"],
    },
    {
      name: "a group that lacks the middle of the pattern",
      policy: { ingress: { groupName: { allowed: ["a*b*c"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "axc" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.name]"],
    },
  ],
  warn: [
    {
      name: "an Ingress without a scheme, where IngressClassParams may decide",
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: {},
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "an allowed address type that IngressClassParams may overrule",
      policy: { ingress: { ipAddressType: { allowed: ["dualstack"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]"],
    },
    {
      name: "an Ingress without a scheme in a group, where another member may decide",
      profile: withoutParams,
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "shared" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
  ],
});
