import { dualstackAndPrefixInOneStep } from "../../src/rules/dualstack-and-prefix-in-one-step.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const prefix = { "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "on" };
const dualstack = { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" };
const [internal, facing] = ["internal", "internet-facing"].map((scheme) => ({
  "service.beta.kubernetes.io/aws-load-balancer-scheme": scheme,
}));
const external = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

testRule(dualstackAndPrefixInOneStep, {
  allow: [
    {
      name: "a load balancer that another controller takes over, for which another rule speaks",
      old: { status },
      service: { annotations: { ...external, ...dualstack, ...prefix }, status },
    },
    {
      name: "prefixes on a load balancer that stays IPv4, which another rule refuses",
      old: { spec, status },
      service: { annotations: { ...prefix }, spec, status },
    },
    {
      name: "prefixes switched off with it",
      old: { spec, status },
      service: {
        annotations: {
          ...dualstack,
          "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat": "off",
        },
        spec,
        status,
      },
    },
    { name: "the first step", old: { spec, status }, service: { annotations: dualstack, spec, status } },
    {
      name: "the second step",
      old: { annotations: dualstack, spec, status },
      service: { annotations: { ...dualstack, ...prefix }, spec, status },
    },
    {
      name: "both while no load balancer exists",
      old: { spec },
      service: { annotations: { ...dualstack, ...prefix }, spec },
    },
    {
      name: "another scheme with them, for which the load balancer is replaced",
      old: { annotations: { ...internal }, spec, status },
      service: { annotations: { ...facing, ...dualstack, ...prefix }, spec, status },
    },
  ],
  warn: [
    {
      name: "both at once",
      old: { spec, status },
      service: { annotations: { ...dualstack, ...prefix }, spec, status },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat]"],
    },
  ],
});
