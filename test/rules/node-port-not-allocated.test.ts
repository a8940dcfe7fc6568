import { nodePortNotAllocated } from "../../src/rules/node-port-not-allocated.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(nodePortNotAllocated, {
  allow: [
    {
      name: "node ports of the author's own",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30080 }],
        },
      },
    },
    {
      name: "node ports that the API server has yet to allocate",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
      },
      phase: "mutating",
    },
    {
      name: "ip targets",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "the second port of a number, which is not looked at",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP", nodePort: 30053 },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
      },
    },
    {
      name: "the second port of a number, merged with the first",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP", nodePort: 30053 },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
    },
    {
      name: "ip targets of Auto Mode by default",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
      },
    },
    {
      name: "the in-tree controller",
      service: { spec: { allocateLoadBalancerNodePorts: false, ports: [{ name: "http", port: 80, protocol: "TCP" }] } },
    },
  ],
  deny: [
    {
      name: "no node port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
      },
      fields: ["spec.allocateLoadBalancerNodePorts"],
    },
    {
      name: "a node port of 0",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 0 }],
        },
      },
      fields: ["spec.allocateLoadBalancerNodePorts"],
    },
    {
      name: "before allocation, of which there will be none",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
      },
      phase: "mutating",
      fields: ["spec.allocateLoadBalancerNodePorts"],
    },
    {
      name: "one port of two",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [
            { name: "http", port: 80, protocol: "TCP", nodePort: 30080 },
            { name: "https", port: 443, protocol: "TCP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance" },
      },
      fields: ["spec.allocateLoadBalancerNodePorts"],
    },
    {
      name: "the first port of a number",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP", nodePort: 30053 },
          ],
        },
      },
      fields: ["spec.allocateLoadBalancerNodePorts"],
    },
  ],
  warn: [
    {
      name: "instance targets of Auto Mode",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance" },
      },
      fields: ["spec.allocateLoadBalancerNodePorts"],
    },
  ],
});
