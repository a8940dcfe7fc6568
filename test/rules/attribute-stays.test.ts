import { attributeStays } from "../../src/rules/attribute-stays.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const loadBalancerClass = "service.k8s.aws/nlb";
const spec = { loadBalancerClass, ports: [{ port: 80 }, { port: 443 }] };
const attributes = "service.beta.kubernetes.io/aws-load-balancer-attributes";
const crossZone = "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled";
const logs = "service.beta.kubernetes.io/aws-load-balancer-access-log-enabled";
const bucket = "service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-name";
const groups = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes";
const targetType = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type";
const external = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

testRule(attributeStays, {
  allow: [
    {
      name: "a load balancer that another controller takes over, for which another rule speaks",
      old: { annotations: { [attributes]: "a=b" }, status },
      service: { annotations: { ...external, [attributes]: "c=d" }, status },
    },
    {
      name: "another value",
      old: { annotations: { [attributes]: "deletion_protection.enabled=true" }, spec, status },
      service: { annotations: { [attributes]: "deletion_protection.enabled=false" }, spec, status },
    },
    {
      name: "an attribute left out while no load balancer exists",
      old: { annotations: { [attributes]: "deletion_protection.enabled=true" }, spec },
      service: { spec },
    },
    {
      name: "an attribute that is written as an annotation of its own now",
      old: { annotations: { [attributes]: "load_balancing.cross_zone.enabled=true" }, spec, status },
      service: { annotations: { [crossZone]: "false" }, spec, status },
    },
    {
      name: "proxy protocol left out, which switches it off",
      old: { annotations: { [groups]: "proxy_protocol_v2.enabled=true" }, spec, status },
      service: { spec, status },
    },
    {
      name: "an attribute of a port that is written for all ports now",
      old: { annotations: { [`${groups}.80`]: "stickiness.enabled=true" }, spec, status },
      service: { annotations: { [groups]: "stickiness.enabled=false" }, spec, status },
    },
    {
      name: "an attribute of a port that goes",
      old: { annotations: { [`${groups}.443`]: "stickiness.enabled=true" }, spec, status },
      service: { spec: { loadBalancerClass, ports: [{ port: 80 }] }, status },
    },
    {
      name: "attributes of target groups that are replaced",
      old: { annotations: { [groups]: "stickiness.enabled=true", [targetType]: "ip" }, spec, status },
      service: { annotations: { [targetType]: "instance" }, spec, status },
    },
    {
      name: "a map that cannot be read, which another rule refuses",
      old: { annotations: { [attributes]: "deletion_protection.enabled=true" }, spec, status },
      service: { annotations: { [attributes]: "deletion_protection.enabled" }, spec, status },
    },
    {
      name: "a map that could not be read before",
      old: { annotations: { [attributes]: "a" }, spec, status },
      service: { spec, status },
    },
    {
      name: "a map of the target groups that cannot be read",
      old: { annotations: { [groups]: "stickiness.enabled=true" }, spec, status },
      service: { annotations: { [groups]: "stickiness.enabled" }, spec, status },
    },
    {
      name: "an attribute for a port that there was not",
      old: {
        annotations: { [`${groups}.443`]: "stickiness.enabled=true" },
        spec: { loadBalancerClass, ports: [{ port: 80 }] },
        status,
      },
      service: { spec, status },
    },
    {
      name: "the in-tree controller",
      old: { annotations: { [crossZone]: "true" }, status },
      service: { status },
    },
  ],
  warn: [
    {
      name: "an attribute of the load balancer",
      old: { annotations: { [attributes]: "deletion_protection.enabled=true,a=b" }, spec, status },
      service: { annotations: { [attributes]: "a=b" }, spec, status },
      fields: [`metadata.annotations[${attributes}]`],
    },
    {
      name: "an annotation of its own",
      old: { annotations: { [crossZone]: "true" }, spec, status },
      service: { spec, status },
      fields: [`metadata.annotations[${crossZone}]`],
    },
    {
      name: "access logs switched off by an annotation that the controller sends nothing for",
      old: { annotations: { [logs]: "true", [bucket]: "logs" }, spec, status },
      service: { annotations: { [logs]: "false", [bucket]: "logs" }, spec, status },
      fields: [`metadata.annotations[${logs}]`],
    },
    {
      name: "the prefix of access logs that stay on",
      old: { annotations: { [attributes]: "access_logs.s3.enabled=true,access_logs.s3.prefix=a" }, spec, status },
      service: { annotations: { [attributes]: "access_logs.s3.enabled=true" }, spec, status },
      fields: [`metadata.annotations[${attributes}]`],
    },
    {
      name: "an attribute of the target groups, once for all ports",
      old: { annotations: { [groups]: "stickiness.enabled=true" }, spec, status },
      service: { annotations: { [groups]: "proxy_protocol_v2.enabled=true" }, spec, status },
      fields: [`metadata.annotations[${groups}]`],
    },
    {
      name: "an attribute of one port, for which an empty value states nothing",
      old: { annotations: { [`${groups}.443`]: "stickiness.enabled=true" }, spec, status },
      service: { annotations: { [`${groups}.443`]: "stickiness.enabled=" }, spec, status },
      fields: [`metadata.annotations[${groups}.443]`],
    },
    {
      name: "an attribute under EKS Auto Mode, which does not read the annotation of its own",
      old: {
        annotations: { [attributes]: "load_balancing.cross_zone.enabled=true" },
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        status,
      },
      service: { annotations: { [crossZone]: "true" }, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
      fields: [`metadata.annotations[${attributes}]`],
    },
  ],
});
