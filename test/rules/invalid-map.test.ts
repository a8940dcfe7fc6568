import { defaultProfile } from "../../src/decision/facts.ts";
import { invalidMap } from "../../src/rules/invalid-map.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "./backend-services.ts";

testRule(invalidMap, {
  allow: [
    {
      name: "pairs, an escaped comma, a line break after a comma, and no pair at all",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "a=1\\,2, b=x=y",
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "a=1,\nb=2",
          "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "",
        },
      },
    },
    {
      name: "a comma at the end, which belongs to the value",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "Team=web, " },
      },
    },
    {
      name: "attributes of ports and listeners that are not there",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.8080": "x",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.http": "x",
          "service.beta.kubernetes.io/aws-load-balancer-listener-attributes.UDP-80": "x",
        },
      },
    },
    {
      name: "node labels for ip targets of an ALB, and attributes of a listener that it has not",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/target-type": "ip",
          "alb.ingress.kubernetes.io/target-node-labels": "x",
          "alb.ingress.kubernetes.io/listener-attributes.HTTPS-443": "x",
        },
      },
      cluster: [service("shop/web")],
    },
    {
      name: "a capacity where the controller's feature gate is off",
      ingress: { annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "1" } },
      profile: { featureGates: { ...defaultProfile.featureGates, LBCapacityReservation: false } },
    },
    {
      name: "node labels for ip targets, which nobody reads",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
          "service.beta.kubernetes.io/aws-load-balancer-target-node-labels": "edge",
        },
      },
    },
    {
      name: "a capacity while its feature gate is off",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "x" },
      },
      profile: { featureGates: { ...defaultProfile.featureGates, LBCapacityReservation: false } },
    },
    {
      name: "the in-tree controller, which has a grammar of its own",
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "Team" } },
    },
    {
      name: "pairs on an Ingress",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/load-balancer-attributes": "idle_timeout.timeout_seconds=20",
          "alb.ingress.kubernetes.io/tags": "Team=web",
        },
      },
    },
    {
      name: "an Ingress of another class",
      ingress: { spec: { ingressClassName: "nginx" }, annotations: { "alb.ingress.kubernetes.io/tags": "Team" } },
    },
    {
      name: "tags of a frontend NLB that nobody asks for",
      ingress: { annotations: { "alb.ingress.kubernetes.io/frontend-nlb-tags": "Team" } },
    },
  ],
  deny: [
    {
      name: "YAML, a pair without a key, an item without an equals sign, and a blank",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "a: 1",
          "service.beta.kubernetes.io/aws-load-balancer-attributes": "a=1,=2",
          "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "Team=a,web",
          "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": " ",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity]",
      ],
    },
    {
      name: "attributes of a port and of a listener",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80": "x",
          "service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-80": "x",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-group-attributes.80]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-80]",
      ],
    },
    {
      name: "node labels for instance targets",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
          "service.beta.kubernetes.io/aws-load-balancer-target-node-labels": "edge",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-target-node-labels]"],
    },
    {
      name: "attributes and tags of an ALB, which IngressClassParams do not hide",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/load-balancer-attributes": "foo",
          "alb.ingress.kubernetes.io/tags": "Team",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/load-balancer-attributes]",
        "metadata.annotations[alb.ingress.kubernetes.io/tags]",
      ],
    },
    {
      name: "the ports of a frontend NLB",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/enable-frontend-nlb": "true",
          "alb.ingress.kubernetes.io/frontend-nlb-listener-port-mapping": "443",
        },
      },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-listener-port-mapping]"],
    },
    {
      name: "a capacity",
      ingress: { annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "1" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/minimum-load-balancer-capacity]"],
    },
    {
      name: "attributes of a listener that the Ingress has by default",
      ingress: { annotations: { "alb.ingress.kubernetes.io/listener-attributes.HTTP-80": "x" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/listener-attributes.HTTP-80]"],
    },
    {
      name: "a port of the NLB in front that is none, and one of the ALB",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/enable-frontend-nlb": "true",
          "alb.ingress.kubernetes.io/frontend-nlb-listener-port-mapping": "x=80,443=https",
        },
      },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-listener-port-mapping]",
        "metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-listener-port-mapping]",
      ],
    },
    {
      name: "node labels for instances, and attributes, that the Service leaves to the Ingress",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/target-node-labels": "x",
          "alb.ingress.kubernetes.io/target-group-attributes": "x",
        },
      },
      cluster: [service("shop/web")],
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/target-node-labels]",
        "metadata.annotations[alb.ingress.kubernetes.io/target-group-attributes]",
      ],
    },
    {
      name: "tags, which are the load balancer's, too, whatever the Service says",
      ingress: { annotations: { "alb.ingress.kubernetes.io/tags": "x" } },
      cluster: [service("shop/web", { annotations: { tags: "a=b" } })],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/tags]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-attributes": "x" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-attributes]"],
    },
    {
      name: "target group attributes on which a Service behind the Ingress may have its own word",
      ingress: { annotations: { "alb.ingress.kubernetes.io/target-group-attributes": "x" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/target-group-attributes]"],
    },
    {
      name: "a capacity that IngressClassParams may overrule",
      ingress: { annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "1" } },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/minimum-load-balancer-capacity]"],
    },
  ],
});
