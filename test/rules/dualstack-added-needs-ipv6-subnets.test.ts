import { dualstackAddedNeedsIpv6Subnets } from "../../src/rules/dualstack-added-needs-ipv6-subnets.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const dualstack = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" };
const albClasses = [{ name: "alb", hasParams: false }];

testRule(dualstackAddedNeedsIpv6Subnets, {
  allow: [
    {
      name: "dualstack added where the subnets have IPv6",
      profile: { subnetsHaveIPv6: true },
      old: { spec, status },
      service: { annotations: dualstack, spec, status },
    },
    {
      name: "dualstack that stays",
      profile: { subnetsHaveIPv6: false },
      old: { annotations: dualstack, spec, status },
      service: { annotations: dualstack, spec, status },
    },
    {
      name: "dualstack added while no load balancer exists",
      profile: { subnetsHaveIPv6: false },
      old: { spec },
      service: { annotations: dualstack, spec },
    },
    {
      name: "ipv4 written out",
      profile: { subnetsHaveIPv6: false },
      old: { spec, status },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
        spec,
        status,
      },
    },
    {
      name: "an Ingress that takes its public IPv4 addresses back",
      profile: { subnetsHaveIPv6: false, albClasses },
      old: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" }, status },
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack" }, status },
    },
  ],
  deny: [
    {
      name: "dualstack added to a Service where the subnets have no IPv6",
      profile: { subnetsHaveIPv6: false },
      old: { spec, status },
      service: { annotations: dualstack, spec, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
    {
      name: "dualstack added to an Ingress where the subnets have no IPv6",
      profile: { subnetsHaveIPv6: false, albClasses },
      old: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "ipv4" }, status },
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack" }, status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]"],
    },
  ],
  warn: [
    {
      name: "dualstack added to a Service where nobody says whether the subnets have IPv6",
      old: { spec, status },
      service: { annotations: dualstack, spec, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
  ],
});
