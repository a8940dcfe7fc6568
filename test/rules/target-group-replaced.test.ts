import { targetGroupReplaced } from "../../src/rules/target-group-replaced.ts";
import { testRule } from "../support/rule-tester.ts";
import { builtIn } from "./built-members.ts";
import { autoModeClass, classWithParams, keyed } from "./group-members.ts";

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

/** The Service behind the Ingress. */
function web(annotations: Readonly<Record<string, string>> = {}): object {
  return {
    kind: "Service",
    metadata: { namespace: "shop", name: "web", annotations: keyed(annotations) },
    spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] },
  };
}

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
    {
      name: "the target type of an Ingress that is not built",
      cluster: [web()],
      old: {},
      ingress: { annotations: keyed({ "target-type": "ip" }) },
    },
    {
      name: "the default target type of an Ingress written down",
      cluster: [web()],
      old: { status },
      ingress: { annotations: keyed({ "target-type": "instance" }), status },
    },
    {
      name: "a target type of an Ingress whose Service states another one",
      cluster: [web({ "target-type": "instance" })],
      old: { status },
      ingress: { annotations: keyed({ "target-type": "ip" }), status },
    },
    {
      name: "a backend that is new",
      cluster: [web({ "target-type": "ip" })],
      old: { spec: { defaultBackend: { service: { name: "api", port: { number: 80 } } } }, status },
      ingress: { status },
    },
    {
      name: "the protocol of a backend whose Service states another one",
      cluster: [web({ "backend-protocol": "HTTP" })],
      old: { status },
      ingress: { annotations: keyed({ "backend-protocol": "HTTPS" }), status },
    },
    {
      name: "the default protocol of a backend written down",
      cluster: [web()],
      old: { status },
      ingress: { annotations: keyed({ "backend-protocol": "HTTP", "backend-protocol-version": "HTTP1" }), status },
    },
    {
      name: "another load balancer, of which another rule speaks",
      cluster: [web()],
      old: { status },
      ingress: builtIn("g", { "target-type": "ip" }),
    },
    {
      name: "the target type of another controller, of which another rule speaks",
      cluster: [web(), ...autoModeClass("auto")],
      old: builtIn("g"),
      ingress: { spec: { ingressClassName: "auto" }, status },
    },
  ],
  warn: [
    {
      name: "another target type of an Ingress",
      cluster: [web()],
      old: { status },
      ingress: { annotations: keyed({ "target-type": "ip" }), status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/target-type]"],
    },
    {
      name: "another target type by the class of an Ingress",
      cluster: [web(), ...classWithParams("pods", { targetType: "ip" })],
      old: { status },
      ingress: { spec: { ingressClassName: "pods" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "another version of the protocol of a backend",
      cluster: [web()],
      old: { annotations: keyed({ "backend-protocol-version": "GRPC" }), status },
      ingress: { status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/backend-protocol-version]"],
    },
    {
      name: "another protocol of a backend",
      cluster: [web()],
      old: { status },
      ingress: { annotations: keyed({ "backend-protocol": "HTTPS" }), status },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/backend-protocol]"],
    },
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
