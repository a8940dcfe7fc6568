import { inTreeTargetGroupAttributes } from "../../src/rules/in-tree-target-group-attributes.ts";
import { testRule } from "../support/rule-tester.ts";

const key = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes";
const nlb = { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" };
const fields = [`metadata.annotations[${key}]`] as const;
const udp = { ports: [{ port: 53, protocol: "UDP" }] };

testRule(inTreeTargetGroupAttributes, {
  allow: [
    {
      name: "the two attributes that it takes",
      service: { annotations: { ...nlb, [key]: "proxy_protocol_v2.enabled=true, preserve_client_ip.enabled=false" } },
    },
    { name: "no attribute on a Network Load Balancer", service: { annotations: { ...nlb, [key]: "" } } },
    {
      name: "client addresses kept for UDP",
      service: { annotations: { ...nlb, [key]: "preserve_client_ip.enabled=true" }, spec: udp },
    },
    {
      name: "no proxy protocol for UDP",
      service: { annotations: { ...nlb, [key]: "proxy_protocol_v2.enabled=false" }, spec: udp },
    },
    {
      name: "any attribute of the AWS Load Balancer Controller",
      service: {
        annotations: { [key]: "stickiness.enabled=true" },
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
      },
    },
    {
      name: "what follows a second equals sign, which it drops",
      service: { annotations: { ...nlb, [key]: "proxy_protocol_v2.enabled=true=x" } },
    },
  ],
  deny: [
    { name: "another attribute", service: { annotations: { ...nlb, [key]: "stickiness.enabled=true" } }, fields },
    {
      name: "each attribute that it does not take",
      service: { annotations: { ...nlb, [key]: "a=b,proxy_protocol_v2.enabled=true,c=d" } },
      fields: [...fields, ...fields],
    },
    {
      name: "a value that is no plain boolean",
      service: { annotations: { ...nlb, [key]: "proxy_protocol_v2.enabled=1" } },
      fields,
    },
    { name: "no value", service: { annotations: { ...nlb, [key]: "proxy_protocol_v2.enabled" } }, fields },
    {
      name: "client addresses not kept for UDP",
      service: { annotations: { ...nlb, [key]: "preserve_client_ip.enabled=false" }, spec: udp },
      fields,
    },
    { name: "the annotation on a Classic Load Balancer, even empty", service: { annotations: { [key]: "" } }, fields },
    {
      name: "a version that is known to read it",
      profile: { inTreeVersion: { major: 1, minor: 34 } },
      service: { annotations: { ...nlb, [key]: "stickiness.enabled=true" } },
      fields,
    },
  ],
  warn: [
    {
      name: "a version that does not read it",
      profile: { inTreeVersion: { major: 1, minor: 33 } },
      service: { annotations: { ...nlb, [key]: "proxy_protocol_v2.enabled=true" } },
      fields,
    },
  ],
});
