import { expect, it } from "vitest";
import { defaultProfile } from "../../src/decision/facts.ts";
import { sourceRangesIgnored } from "../../src/rules/source-ranges-ignored.ts";
import { decided, leftOut } from "../support/decisions.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";

const loadBalancerClass = "service.k8s.aws/nlb";
const ranges = { loadBalancerClass, loadBalancerSourceRanges: ["192.0.2.0/24"] };
const annotation = { "service.beta.kubernetes.io/load-balancer-source-ranges": "192.0.2.0/24" };
const named = { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1" };
const none = { "service.beta.kubernetes.io/aws-load-balancer-disable-nlb-sg": "true" };
const ip = { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" };
const attributes = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes";
const annotationField = "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]";

testRule(sourceRangesIgnored, {
  allow: [
    {
      name: "a security group that the controller makes",
      service: { spec: ranges, annotations: { ...annotation, ...ip } },
    },
    { name: "named security groups without ranges", service: { spec: { loadBalancerClass }, annotations: named } },
    {
      name: "named security groups, and ranges without items",
      service: {
        spec: { loadBalancerClass, loadBalancerSourceRanges: [] },
        annotations: { ...named, "service.beta.kubernetes.io/load-balancer-source-ranges": "," },
      },
    },
    {
      name: "a list of security groups without items",
      service: {
        spec: ranges,
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-security-groups": "" },
      },
    },
    {
      name: "instances without security groups, which see the addresses of clients",
      service: { spec: ranges, annotations: none },
    },
    {
      name: "pods that are shown the addresses of clients",
      service: { spec: ranges, annotations: { ...none, ...ip, [attributes]: "preserve_client_ip.enabled=true" } },
    },
    {
      name: "pods that are shown them on their one port",
      service: {
        spec: ranges,
        annotations: {
          ...none,
          ...ip,
          [attributes]: "preserve_client_ip.enabled=false",
          [`${attributes}.80`]: "preserve_client_ip.enabled=true",
        },
      },
    },
    {
      name: "UDP, which always shows them",
      service: { spec: { ...ranges, ports: [{ port: 53, protocol: "UDP" }] }, annotations: { ...none, ...ip } },
    },
    {
      name: "TCP and UDP as one listener",
      service: {
        spec: {
          ...ranges,
          ports: [
            { port: 53, protocol: "TCP" },
            { port: 53, protocol: "UDP" },
          ],
        },
        annotations: {
          ...none,
          ...ip,
          "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true",
        },
      },
    },
    {
      name: "rules for the targets that the controller is told to manage, as it does anyway",
      service: {
        spec: ranges,
        annotations: {
          ...none,
          "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules": "true",
        },
      },
    },
    {
      name: "attributes that do not parse, which another rule judges",
      service: { spec: ranges, annotations: { ...none, ...ip, [attributes]: "preserve_client_ip.enabled" } },
    },
    {
      name: "the annotation that Auto Mode never reads",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: { ...annotation, ...named } },
    },
    {
      name: "the in-tree controller",
      service: { spec: { loadBalancerSourceRanges: ["192.0.2.0/24"] }, annotations: named },
    },
  ],
  warn: [
    {
      name: "ranges beside named security groups",
      service: { spec: ranges, annotations: named },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "ranges in the annotation",
      service: { spec: { loadBalancerClass }, annotations: { ...annotation, ...named } },
      fields: [annotationField],
    },
    {
      name: "ranges in the field, for which the annotation does not count",
      service: { spec: ranges, annotations: { ...annotation, ...named } },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "EKS Auto Mode with ranges in the field",
      service: { spec: { ...ranges, loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: named },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "pods behind an NLB without security groups",
      service: { spec: ranges, annotations: { ...none, ...ip } },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "pods behind an NLB without security groups, since their feature gate is off",
      profile: { featureGates: { ...defaultProfile.featureGates, NLBSecurityGroup: false } },
      service: { spec: ranges, annotations: ip },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "instances that are not shown the addresses of clients on their one port",
      service: {
        spec: ranges,
        annotations: {
          ...none,
          [attributes]: "preserve_client_ip.enabled=true",
          [`${attributes}.80`]: "preserve_client_ip.enabled=f",
        },
      },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "one port of pods, although the other speaks UDP",
      service: {
        spec: {
          ...ranges,
          ports: [
            { port: 443, protocol: "TCP" },
            { port: 53, protocol: "UDP" },
          ],
        },
        annotations: { ...none, ...ip },
      },
      fields: ["spec.loadBalancerSourceRanges"],
    },
    {
      name: "targets whose security groups the controller leaves alone",
      service: {
        spec: ranges,
        annotations: {
          ...none,
          "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules": "false",
        },
      },
      fields: ["spec.loadBalancerSourceRanges"],
    },
  ],
});

it("keeps a target type away that would take the effect of the ranges", () => {
  const policy = { service: { targetType: { default: "ip" } } };
  const decision = decided(service({ spec: ranges, annotations: none }, { phase: "mutating" }), { policy });
  expect(leftOut(decision)).toEqual({ "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "rule" });
});
