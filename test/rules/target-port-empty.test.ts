import { targetPortEmpty } from "../../src/rules/target-port-empty.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, httpPort, pathsTo, service } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

const toWeb = pathsTo(["web", 80]);
const ipTargets = keyed({ "target-type": "ip" });
const backend = "spec.rules[0].http.paths[0].backend";
const empty = [service("shop/web", { spec: { ports: [{ ...httpPort, targetPort: 0 }] } })];

testRule(targetPortEmpty, {
  allow: [
    {
      name: "ip targets with a targetPort",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "ip targets with a named targetPort",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "web" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "ip targets without one, before the API server fills it in",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "ip targets with 0, before the API server fills it in",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 0 }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      phase: "mutating",
    },
    {
      name: "ip targets need no node port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "instance targets with a node port need no targetPort",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 0, nodePort: 30080 }],
        },
      },
    },
    {
      name: "node ports before allocation",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
      },
      phase: "mutating",
    },
    {
      name: "an object that no API server has filled in",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
      },
    },
    {
      name: "node ports that nobody allocates, which another rule judges",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
      },
    },
    {
      name: "the second port of a number, which is not looked at",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
            { name: "dns", port: 53, protocol: "UDP", targetPort: 0 },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
    },
    {
      name: "the in-tree controller",
      service: { spec: { allocateLoadBalancerNodePorts: true, ports: [{ name: "http", port: 80, protocol: "TCP" }] } },
    },
    {
      name: "a targetPort behind an ALB with ip targets",
      ingress: { annotations: ipTargets, spec: toWeb },
      cluster: [service("shop/web")],
    },
    {
      name: "a targetPort by name behind an ALB",
      ingress: { annotations: ipTargets, spec: toWeb },
      cluster: [service("shop/web", { spec: { ports: [{ ...httpPort, targetPort: "web" }] } })],
    },
    { name: "none behind an ALB with instance targets", ingress: { spec: toWeb }, cluster: empty },
    {
      name: "none in a manifest, which will get that of the port",
      ingress: { annotations: ipTargets, spec: toWeb },
      cluster: [
        service("shop/web", { spec: { ports: [{ ...httpPort, targetPort: undefined }], ipFamilies: undefined } }),
      ],
    },
  ],
  deny: [
    {
      name: "ip targets with the targetPort 0",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [
            { name: "http", port: 80, protocol: "TCP", targetPort: 8080 },
            { name: "https", port: 443, protocol: "TCP", targetPort: 0 },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
      },
      fields: ["spec.ports[1].targetPort"],
    },
    {
      name: "instance targets without node ports",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [
            { name: "http", port: 80, protocol: "TCP", targetPort: 8080 },
            { name: "https", port: 443, protocol: "TCP", targetPort: 8443, nodePort: 0 },
          ],
        },
      },
      fields: ["spec.ports[0].nodePort", "spec.ports[1].nodePort"],
    },
    {
      name: "a targetPort 0 behind an ALB with ip targets",
      ingress: { annotations: ipTargets, spec: toWeb },
      cluster: empty,
      fields: [backend],
    },
    {
      name: "none behind an ALB, of a Service that has been at the API server",
      ingress: { annotations: ipTargets, spec: toWeb },
      cluster: [service("shop/web", { spec: { ports: [{ ...httpPort, targetPort: undefined }] } })],
      fields: [backend],
    },
  ],
  warn: [
    {
      name: "Auto Mode",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          allocateLoadBalancerNodePorts: true,
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 0 }],
        },
      },
      fields: ["spec.ports[0].targetPort"],
    },
    {
      name: "a targetPort 0 behind an ALB of EKS Auto Mode, whose default is ip",
      ingress: { spec: { ...toWeb, ingressClassName: "auto" } },
      cluster: [...empty, autoModeClass],
      fields: [backend],
    },
  ],
});
