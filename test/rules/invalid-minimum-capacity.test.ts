import { defaultProfile } from "../../src/decision/facts.ts";
import { invalidMinimumCapacity } from "../../src/rules/invalid-minimum-capacity.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams } from "./group-members.ts";

testRule(invalidMinimumCapacity, {
  allow: [
    {
      name: "a number of units",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "CapacityUnits=100",
        },
      },
    },
    {
      name: "the largest of 32 bits, a sign, and the last of two",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity":
            "CapacityUnits=x, CapacityUnits=+2147483647",
        },
      },
    },
    {
      name: "no pair at all",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "" },
      },
    },
    {
      name: "a list of no pairs, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "CapacityUnits" },
      },
    },
    {
      name: "another key while the feature gate is off",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "foo=1" },
      },
      profile: { featureGates: { ...defaultProfile.featureGates, LBCapacityReservation: false } },
    },
    {
      name: "the in-tree controller, which reads none",
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "foo=1" },
      },
    },
    {
      name: "an Ingress with a value that the controller does not check",
      ingress: { annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "CapacityUnits=x" } },
    },
    {
      name: "an Ingress while the feature gate is off",
      ingress: { annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "foo=1" } },
      profile: { featureGates: { ...defaultProfile.featureGates, LBCapacityReservation: false } },
    },
    {
      name: "what IngressClassParams overrule",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "Units=1" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { minimumLoadBalancerCapacity: { capacityUnits: 100 } }),
    },
  ],
  deny: [
    {
      name: "the key in lower case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "capacityunits=100",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity]"],
    },
    {
      name: "a fraction",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "CapacityUnits=1.5",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity]"],
    },
    {
      name: "one more than 32 bits",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "CapacityUnits=2147483648",
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity]"],
    },
    {
      name: "no value beside another key, two faults",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "CapacityUnits=,Units=1",
        },
      },
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity]",
      ],
    },
    {
      name: "another key on an Ingress",
      ingress: { annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "Units=1" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/minimum-load-balancer-capacity]"],
    },
    {
      name: "what IngressClassParams leave open",
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "Units=1" },
        spec: { ingressClassName: "gold" },
      },
      cluster: classWithParams("gold", { scheme: "internal" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/minimum-load-balancer-capacity]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity": "Units=1" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-minimum-load-balancer-capacity]"],
    },
    {
      name: "a key that IngressClassParams may overrule",
      ingress: { annotations: { "alb.ingress.kubernetes.io/minimum-load-balancer-capacity": "Units=1" } },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/minimum-load-balancer-capacity]"],
    },
  ],
});
