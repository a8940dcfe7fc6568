import { inTreeUnsupportedProtocol } from "../../src/rules/in-tree-unsupported-protocol.ts";
import { testRule } from "../support/rule-tester.ts";

const nlb = { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" };
const udp = { port: 53, protocol: "UDP" };
const sctp = { port: 36412, protocol: "SCTP" };

testRule(inTreeUnsupportedProtocol, {
  allow: [
    { name: "TCP on a Classic Load Balancer", service: {} },
    { name: "UDP on a Network Load Balancer", service: { annotations: nlb, spec: { ports: [udp] } } },
    {
      name: "UDP of the AWS Load Balancer Controller",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [udp] } },
    },
  ],
  deny: [
    { name: "UDP on a Classic Load Balancer", service: { spec: { ports: [udp] } }, fields: ["spec.ports[0].protocol"] },
    {
      name: "SCTP on a Network Load Balancer",
      service: { annotations: nlb, spec: { ports: [udp, sctp] } },
      fields: ["spec.ports[1].protocol"],
    },
  ],
});
