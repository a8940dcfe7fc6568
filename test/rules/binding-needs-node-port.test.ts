import { bindingNeedsNodePort } from "../../src/rules/binding-needs-node-port.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawService } from "../support/subjects.ts";

const instance = { spec: { targetType: "instance" } };
const serviceOf = (type: string, nodePort?: number) => [
  rawService({ spec: { type, ports: [{ name: "http", port: 80, nodePort }] } }),
];
const fields = ["spec.targetType"] as const;

testRule(bindingNeedsNodePort, {
  allow: [
    { name: "a NodePort Service", binding: instance, cluster: serviceOf("NodePort", 30080) },
    { name: "a LoadBalancer Service", binding: instance, cluster: serviceOf("LoadBalancer", 30080) },
    { name: "ip targets", binding: {}, cluster: serviceOf("ClusterIP") },
    { name: "the type is not given", binding: { spec: { targetType: undefined } }, cluster: serviceOf("ClusterIP") },
    {
      name: "a port that is not there",
      binding: { spec: { targetType: "instance", serviceRef: { name: "web", port: 81 } } },
      cluster: serviceOf("ClusterIP"),
    },
    { name: "no such Service", binding: instance, cluster: [] },
  ],
  deny: [
    { name: "a ClusterIP Service", binding: instance, cluster: serviceOf("ClusterIP"), fields },
    {
      name: "a LoadBalancer Service without node ports",
      binding: instance,
      cluster: serviceOf("LoadBalancer"),
      fields,
    },
    {
      name: "of EKS Auto Mode",
      binding: { apiVersion: "eks.amazonaws.com/v1", ...instance },
      cluster: serviceOf("ClusterIP"),
      fields,
    },
  ],
});
