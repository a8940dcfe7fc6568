import { noLoadBalancerControllerChosen } from "../../src/rules/no-load-balancer-controller-chosen.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(noLoadBalancerControllerChosen, {
  allow: [
    {
      name: "a class",
      policy: { service: { claim: "Refuse" } },
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
    },
    {
      name: "the type annotation, by which the author chose the in-tree controller",
      policy: { service: { claim: "Refuse" } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" } },
    },
    { name: "a policy that leaves such Services alone", policy: { service: { claim: "Leave" } }, service: {} },
    { name: "no policy", service: {} },
    {
      name: "a Service that is not a load balancer",
      policy: { service: { claim: "Refuse" } },
      service: { spec: { type: "NodePort" } },
    },
  ],
  deny: [
    {
      name: "neither class nor type annotation",
      policy: { service: { claim: "Refuse" } },
      service: {},
      fields: ["spec.loadBalancerClass"],
    },
    {
      name: "a change to the type LoadBalancer without a class",
      policy: { service: { claim: "Refuse" } },
      old: { spec: { type: "ClusterIP" } },
      service: {},
      fields: ["spec.loadBalancerClass"],
    },
  ],
});
