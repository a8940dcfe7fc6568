import { ipFamilyChangeBlocksController } from "../../src/rules/ip-family-change-blocks-controller.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const loadBalancerClass = "service.k8s.aws/nlb";

testRule(ipFamilyChangeBlocksController, {
  allow: [
    {
      name: "IPv6 added while no load balancer exists",
      old: { spec: { loadBalancerClass, ipFamilies: ["IPv4"] } },
      service: { spec: { loadBalancerClass, ipFamilies: ["IPv4", "IPv6"] } },
    },
    {
      name: "IPv4 added beside IPv6, since the target group stays IPv6",
      old: { spec: { loadBalancerClass, ipFamilies: ["IPv6"] }, status },
      service: { spec: { loadBalancerClass, ipFamilies: ["IPv6", "IPv4"] }, status },
    },
    {
      name: "families that are not allocated yet",
      phase: "mutating",
      old: { spec: { loadBalancerClass, ipFamilies: ["IPv4", "IPv6"] }, status },
      service: { spec: { loadBalancerClass }, status },
    },
    {
      name: "a load balancer of the in-tree controller, which has no IPv6 targets",
      old: { spec: { ipFamilies: ["IPv4"] }, status },
      service: { spec: { ipFamilies: ["IPv4", "IPv6"] }, status },
    },
  ],
  deny: [
    {
      name: "IPv6 added",
      old: { spec: { loadBalancerClass, ipFamilies: ["IPv4"] }, status },
      service: { spec: { loadBalancerClass, ipFamilies: ["IPv4", "IPv6"] }, status },
      fields: ["spec.ipFamilies"],
    },
    {
      name: "IPv6 dropped",
      old: { spec: { loadBalancerClass, ipFamilies: ["IPv4", "IPv6"] }, status },
      service: { spec: { loadBalancerClass, ipFamilies: ["IPv4"] }, status },
      fields: ["spec.ipFamilies"],
    },
    {
      name: "IPv6 added under EKS Auto Mode",
      old: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ipFamilies: ["IPv4"] }, status },
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ipFamilies: ["IPv4", "IPv6"] }, status },
      fields: ["spec.ipFamilies"],
    },
  ],
});
