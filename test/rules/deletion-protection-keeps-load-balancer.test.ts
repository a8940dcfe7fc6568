import { deletionProtectionKeepsLoadBalancer } from "../../src/rules/deletion-protection-keeps-load-balancer.ts";
import { testRule } from "../support/rule-tester.ts";

const key = "service.beta.kubernetes.io/aws-load-balancer-attributes";
const field = `metadata.annotations[${key}]`;
const built = { finalizers: ["service.k8s.aws/resources"] };
const claimed = { spec: { loadBalancerClass: "service.k8s.aws/nlb" } };
const protects = { annotations: { [key]: "deletion_protection.enabled=true" } };

testRule(deletionProtectionKeepsLoadBalancer, {
  allow: [
    { name: "the controller serves it", service: { ...built, ...claimed, ...protects } },
    {
      name: "the controller may delete",
      service: { ...built, annotations: { [key]: "deletion_protection.enabled=F" } },
    },
    { name: "another attribute", service: { ...built, annotations: { [key]: "a=true" } } },
    { name: "the controller has built nothing", service: protects },
    { name: "only the in-tree controller has", service: { ...protects, finalizers: ["service.kubernetes.io/x"] } },
    {
      name: "the update that takes it away, on which other rules speak",
      service: { ...built, ...protects },
      old: { ...built, ...claimed, ...protects },
    },
  ],
  warn: [
    { name: "nothing claims it any more", service: { ...built, ...protects }, fields: [field] },
    {
      name: "another class has it, and the value is none",
      service: {
        ...built,
        spec: { loadBalancerClass: "example.com/lb" },
        annotations: { [key]: "deletion_protection.enabled=yes" },
      },
      fields: [field],
    },
    { name: "a map that does not parse", service: { ...built, annotations: { [key]: "x" } }, fields: [field] },
    {
      name: "a later update",
      service: { ...built, ...protects },
      old: { ...built, ...protects },
      fields: [field],
    },
  ],
});
