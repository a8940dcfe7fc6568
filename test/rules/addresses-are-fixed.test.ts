import { addressesAreFixed } from "../../src/rules/addresses-are-fixed.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const eip = "service.beta.kubernetes.io/aws-load-balancer-eip-allocations";
const privateIpv4 = "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses";
const ipv6 = "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses";
const subnets = "service.beta.kubernetes.io/aws-load-balancer-subnets";
const address = "service.beta.kubernetes.io/aws-load-balancer-ip-address-type";
const external = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

testRule(addressesAreFixed, {
  allow: [
    {
      name: "a load balancer that another controller takes over, for which another rule speaks",
      old: { annotations: { [eip]: "eipalloc-1" }, status },
      service: { annotations: { ...external, [eip]: "eipalloc-2" }, status },
    },
    {
      name: "the same list in other words",
      old: { annotations: { [eip]: "eipalloc-1,eipalloc-2" }, spec, status },
      service: { annotations: { [eip]: " eipalloc-1 , eipalloc-2," }, spec, status },
    },
    {
      name: "another list while no load balancer exists",
      old: { annotations: { [eip]: "eipalloc-1" }, spec },
      service: { annotations: { [eip]: "eipalloc-2" }, spec },
    },
    {
      name: "other subnets with it, which take their addresses from the list",
      old: { annotations: { [eip]: "eipalloc-1", [subnets]: "subnet-a" }, spec, status },
      service: { annotations: { [eip]: "eipalloc-1,eipalloc-2", [subnets]: "subnet-a,subnet-b" }, spec, status },
    },
    {
      name: "the first IPv6 addresses together with dualstack",
      old: { spec, status },
      service: { annotations: { [address]: "dualstack", [ipv6]: "2600:1f13:837:8500::5" }, spec, status },
    },
    {
      name: "another scheme with it, for which the load balancer is replaced",
      old: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal", [privateIpv4]: "10.0.0.5" },
        spec,
        status,
      },
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing", [eip]: "eipalloc-1" },
        spec,
        status,
      },
    },
    {
      name: "the in-tree controller, which has its own ideas of them",
      old: { annotations: { [eip]: "eipalloc-1" }, status },
      service: { annotations: { [eip]: "eipalloc-2" }, status },
    },
  ],
  warn: [
    {
      name: "another address",
      old: { annotations: { [privateIpv4]: "10.0.0.5" }, spec, status },
      service: { annotations: { [privateIpv4]: "10.0.0.6" }, spec, status },
      fields: [`metadata.annotations[${privateIpv4}]`],
    },
    {
      name: "addresses added, and others taken away",
      old: { annotations: { [eip]: "eipalloc-1" }, spec, status },
      service: { annotations: { [privateIpv4]: "10.0.0.6" }, spec, status },
      fields: [`metadata.annotations[${eip}]`, `metadata.annotations[${privateIpv4}]`],
    },
    {
      name: "IPv6 addresses for a load balancer that is dual-stack already, under EKS Auto Mode",
      old: { annotations: { [address]: "dualstack" }, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
      service: {
        annotations: { [address]: "dualstack", [ipv6]: "2600:1f13:837:8500::5" },
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        status,
      },
      fields: [`metadata.annotations[${ipv6}]`],
    },
  ],
});
