import { inTreeMixedProtocols } from "../../src/rules/in-tree-mixed-protocols.ts";
import { testRule } from "../support/rule-tester.ts";

const nlb = { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" };
const tcp = { port: 80, protocol: "TCP" };
const udp = { port: 53, protocol: "UDP" };

testRule(inTreeMixedProtocols, {
  allow: [
    { name: "TCP ports", service: { spec: { ports: [tcp, { port: 443 }] } } },
    { name: "UDP ports", service: { annotations: nlb, spec: { ports: [udp, { ...udp, port: 54 }] } } },
    {
      name: "both, of a Classic Load Balancer, whose rule on UDP says more",
      service: { spec: { ports: [tcp, udp] } },
    },
    {
      name: "both, of the AWS Load Balancer Controller",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [tcp, udp] } },
    },
  ],
  deny: [
    { name: "both", service: { annotations: nlb, spec: { ports: [tcp, udp] } }, fields: ["spec.ports[1].protocol"] },
    {
      name: "the first that differs, once",
      service: { annotations: nlb, spec: { ports: [udp, { ...udp, port: 54 }, tcp, { ...tcp, port: 443 }] } },
      fields: ["spec.ports[2].protocol"],
    },
  ],
});
