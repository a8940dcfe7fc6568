import { targetGroupReplaced } from "../../src/rules/target-group-replaced.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const loadBalancerClass = "service.k8s.aws/nlb";
const spec = { loadBalancerClass };
const targetType = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type";
const type = "service.beta.kubernetes.io/aws-load-balancer-type";
const certificate = "service.beta.kubernetes.io/aws-load-balancer-ssl-cert";
const backend = "service.beta.kubernetes.io/aws-load-balancer-backend-protocol";
const merge = "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener";
const tcp = { port: 53, protocol: "TCP" };
const udp = { port: 53, protocol: "UDP" };
const external = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

testRule(targetGroupReplaced, {
  allow: [
    {
      name: "a load balancer that another controller takes over, for which another rule speaks",
      old: { status },
      service: { annotations: external, status },
    },
    {
      name: "the default target type written down",
      old: { spec, status },
      service: { annotations: { [targetType]: "instance" }, spec, status },
    },
    {
      name: "another target type while no load balancer exists",
      old: { annotations: { [targetType]: "ip" }, spec },
      service: { annotations: { [targetType]: "instance" }, spec },
    },
    {
      name: "a certificate, which changes the listener and not its targets",
      old: { spec, status },
      service: { annotations: { [certificate]: "arn:aws:acm:eu-west-1:1:certificate/a" }, spec, status },
    },
    {
      name: "a port added and another one taken away",
      old: { spec: { loadBalancerClass, ports: [tcp, { port: 80 }] }, status },
      service: { spec: { loadBalancerClass, ports: [tcp, { port: 443, protocol: "UDP" }] }, status },
    },
    {
      name: "UDP beside TCP on the same port, which gets no target group at all",
      old: { spec: { loadBalancerClass, ports: [tcp] }, status },
      service: { spec: { loadBalancerClass, ports: [tcp, udp] }, status },
    },
    {
      name: "the in-tree controller, which does not read the target type",
      old: { annotations: { [targetType]: "ip" }, status },
      service: { annotations: { [targetType]: "instance" }, status },
    },
  ],
  warn: [
    {
      name: "another target type, once for all ports",
      old: {
        annotations: { [targetType]: "instance" },
        spec: { loadBalancerClass, ports: [tcp, { port: 80 }] },
        status,
      },
      service: { annotations: { [targetType]: "ip" }, spec: { loadBalancerClass, ports: [tcp, { port: 80 }] }, status },
      fields: [`metadata.annotations[${targetType}]`],
    },
    {
      name: "the target type taken away, under EKS Auto Mode",
      old: { annotations: { [targetType]: "instance" }, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
      fields: [`metadata.annotations[${targetType}]`],
    },
    {
      name: "nlb-ip, which brings ip targets, given up",
      old: { annotations: { [type]: "nlb-ip" }, status },
      service: { annotations: { [type]: "external", [targetType]: "instance" }, status },
      fields: [`metadata.annotations[${type}]`],
    },
    {
      name: "another protocol of a port",
      old: { spec: { loadBalancerClass, ports: [{ port: 80 }, tcp] }, status },
      service: { spec: { loadBalancerClass, ports: [{ port: 80 }, udp] }, status },
      fields: ["spec.ports[1].protocol"],
    },
    {
      name: "TLS towards the targets",
      old: { annotations: { [certificate]: "arn:aws:acm:eu-west-1:1:certificate/a" }, spec, status },
      service: {
        annotations: { [certificate]: "arn:aws:acm:eu-west-1:1:certificate/a", [backend]: "ssl" },
        spec,
        status,
      },
      fields: [`metadata.annotations[${backend}]`],
    },
    {
      name: "TCP and UDP of one port merged",
      old: { spec: { loadBalancerClass, ports: [tcp, udp] }, status },
      service: { annotations: { [merge]: "true" }, spec: { loadBalancerClass, ports: [tcp, udp] }, status },
      fields: [`metadata.annotations[${merge}]`],
    },
  ],
});
