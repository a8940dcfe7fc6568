import { proxyProtocolChanged } from "../../src/rules/proxy-protocol-changed.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const loadBalancerClass = "service.k8s.aws/nlb";
const spec = { loadBalancerClass, ports: [{ port: 80 }, { port: 443 }] };
const all = "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol";
const listed = "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group";
const attributes = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes";
const on = "proxy_protocol_v2.enabled=true";
const external = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

testRule(proxyProtocolChanged, {
  allow: [
    {
      name: "a load balancer that another controller takes over, for which another rule speaks",
      old: { annotations: {}, status },
      service: { annotations: { ...external, [all]: "*" }, status },
    },
    {
      name: "the same ports in other words",
      old: { annotations: { [all]: "*" }, spec, status },
      service: { annotations: { [listed]: "443,80" }, spec, status },
    },
    {
      name: "switched on while no load balancer exists",
      old: { spec },
      service: { annotations: { [all]: "*" }, spec },
    },
    {
      name: "a new port with it",
      old: { annotations: { [all]: "*" }, spec: { loadBalancerClass, ports: [{ port: 80 }] }, status },
      service: { annotations: { [all]: "*" }, spec, status },
    },
    {
      name: "an annotation that does not parse, which another rule refuses",
      old: { annotations: { [all]: "*" }, spec, status },
      service: { annotations: { [all]: "true" }, spec, status },
    },
    {
      name: "an annotation that did not parse before, so that nobody can say what was in force",
      old: { annotations: { [all]: "true" }, spec, status },
      service: { annotations: { [all]: "*" }, spec, status },
    },
    {
      name: "what EKS Auto Mode does not read",
      old: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
      service: { annotations: { [all]: "*" }, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
    },
  ],
  warn: [
    {
      name: "switched on",
      old: { spec, status },
      service: { annotations: { [all]: "*" }, spec, status },
      fields: [`metadata.annotations[${all}]`],
    },
    {
      name: "switched off by taking it away",
      old: { annotations: { [attributes]: on }, spec, status },
      service: { spec, status },
      fields: [`metadata.annotations[${attributes}]`],
    },
    {
      name: "switched off for one port and on for another",
      old: { annotations: { [listed]: "80" }, spec, status },
      service: { annotations: { [listed]: "443" }, spec, status },
      fields: [`metadata.annotations[${listed}]`],
    },
    {
      name: "switched off for one port by its own attributes",
      old: { annotations: { [attributes]: on }, spec, status },
      service: {
        annotations: { [attributes]: on, [`${attributes}.443`]: "proxy_protocol_v2.enabled=false" },
        spec,
        status,
      },
      fields: [`metadata.annotations[${attributes}.443]`],
    },
    {
      name: "a Classic Load Balancer of the in-tree controller",
      old: { status },
      service: { annotations: { [all]: "*" }, status },
      fields: [`metadata.annotations[${all}]`],
    },
  ],
});
