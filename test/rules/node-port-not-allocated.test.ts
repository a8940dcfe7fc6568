import { nodePortNotAllocated } from "../../src/rules/node-port-not-allocated.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, clusterIP, httpPort, pathsTo, service } from "./backend-services.ts";
import { classWithParams, keyed } from "./group-members.ts";

const toWeb = pathsTo(["web", 80]);
const withoutNodePort = [service("shop/web", { spec: clusterIP })];
const backend = "spec.rules[0].http.paths[0].backend";

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
    { name: "a Service with a node port behind an ALB", ingress: { spec: toWeb }, cluster: [service("shop/web")] },
    {
      name: "a ClusterIP Service behind an ALB with ip targets",
      ingress: { annotations: keyed({ "target-type": "ip" }), spec: toWeb },
      cluster: withoutNodePort,
    },
    {
      name: "ip targets by default",
      ingress: { spec: toWeb },
      cluster: withoutNodePort,
      profile: { defaultTargetType: "ip" },
    },
    {
      name: "ip targets by the Service, whatever the Ingress says",
      ingress: { annotations: keyed({ "target-type": "instance" }), spec: toWeb },
      cluster: [service("shop/web", { annotations: { "target-type": "ip" }, spec: clusterIP })],
    },
    {
      name: "ip targets by the class, whatever the others say",
      ingress: { annotations: keyed({ "target-type": "instance" }), spec: { ...toWeb, ingressClassName: "c" } },
      cluster: [
        service("shop/web", { annotations: { "target-type": "instance" }, spec: clusterIP }),
        ...classWithParams("c", { targetType: "ip" }),
      ],
    },
    {
      name: "EKS Auto Mode, whose default is ip",
      ingress: { spec: { ...toWeb, ingressClassName: "auto" } },
      cluster: [...withoutNodePort, autoModeClass],
    },
    {
      name: "a Service with another port that has no node port",
      ingress: { spec: toWeb },
      cluster: [service("shop/web", { spec: { ports: [httpPort, { name: "admin", port: 81, protocol: "TCP" }] } })],
    },
    {
      name: "a port that the Service has not, which another rule reports",
      ingress: { spec: pathsTo(["web", 81]) },
      cluster: withoutNodePort,
    },
    {
      name: "a manifest that has not got its node port yet",
      ingress: { spec: toWeb },
      cluster: [service("shop/web", { spec: { ...clusterIP, type: "NodePort", ipFamilies: undefined } })],
    },
    {
      name: "IngressClassParams that are not known",
      ingress: { spec: { ...toWeb, ingressClassName: "c" } },
      cluster: [...withoutNodePort, ...classWithParams("c", {}).slice(0, 1)],
      unsure: ["IngressClassParams"],
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
    {
      name: "a ClusterIP Service behind an ALB with instance targets",
      ingress: { spec: toWeb },
      cluster: withoutNodePort,
      fields: [backend],
    },
    {
      name: "the same as a manifest",
      ingress: { spec: toWeb },
      cluster: [service("shop/web", { spec: { ...clusterIP, ipFamilies: undefined } })],
      fields: [backend],
    },
    {
      name: "a LoadBalancer Service behind an ALB whose ports get no node ports",
      ingress: { spec: toWeb },
      cluster: [service("shop/web", { spec: { ...clusterIP, type: "LoadBalancer" } })],
      fields: [backend],
    },
    {
      name: "an ExternalName Service behind an ALB",
      ingress: { spec: toWeb },
      cluster: [service("shop/web", { spec: { ...clusterIP, type: "ExternalName", ipFamilies: undefined } })],
      fields: [backend],
    },
    {
      name: "instance targets by the Service, whatever the Ingress says",
      ingress: { annotations: keyed({ "target-type": "ip" }), spec: toWeb },
      cluster: [service("shop/web", { annotations: { "target-type": "instance" }, spec: clusterIP })],
      fields: [backend],
    },
    {
      name: "instance targets by the class, whatever the others say",
      ingress: { annotations: keyed({ "target-type": "ip" }), spec: { ...toWeb, ingressClassName: "c" } },
      cluster: [...withoutNodePort, ...classWithParams("c", { targetType: "instance" })],
      fields: [backend],
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
    {
      name: "a ClusterIP Service behind an ALB of EKS Auto Mode with instance targets",
      ingress: { annotations: keyed({ "target-type": "instance" }), spec: { ...toWeb, ingressClassName: "auto" } },
      cluster: [...withoutNodePort, autoModeClass],
      fields: [backend],
    },
  ],
});
