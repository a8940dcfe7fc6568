import { expect, it } from "vitest";
import { eipAllocationsNeedInternetFacing } from "../../src/rules/eip-allocations-need-internet-facing.ts";
import { decided, injected, leftOut } from "../support/decisions.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const eip = { "service.beta.kubernetes.io/aws-load-balancer-eip-allocations": "eipalloc-1,eipalloc-2" };
const internetFacing = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" };
const field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-eip-allocations]";

testRule(eipAllocationsNeedInternetFacing, {
  allow: [
    { name: "a public NLB", service: { spec, annotations: { ...eip, ...internetFacing } } },
    {
      name: "a public NLB by the older annotation",
      service: { spec, annotations: { ...eip, "service.beta.kubernetes.io/aws-load-balancer-internal": "false" } },
    },
    {
      name: "a public NLB by the controller's default",
      profile: { defaultScheme: "internet-facing" },
      service: { spec, annotations: eip },
    },
    {
      name: "an NLB that is public and stays so when the scheme is deleted",
      old: { spec, status, annotations: internetFacing },
      service: { spec, status, annotations: eip },
    },
    {
      name: "an internal NLB without the annotation",
      service: { spec, annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" } },
    },
    {
      name: "a scheme that is none, which another rule judges",
      service: { spec, annotations: { ...eip, "service.beta.kubernetes.io/aws-load-balancer-scheme": "private" } },
    },
    {
      name: "the in-tree controller",
      service: { annotations: { ...eip, "service.beta.kubernetes.io/aws-load-balancer-internal": "true" } },
    },
  ],
  deny: [
    {
      name: "an NLB that is internal by its annotation",
      service: { spec, annotations: { ...eip, "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" } },
      fields: [field],
    },
    {
      name: "an NLB that is internal by the controller's default",
      service: { spec, annotations: eip },
      fields: [field],
    },
    {
      name: "a list without items",
      service: { spec, annotations: { "service.beta.kubernetes.io/aws-load-balancer-eip-allocations": "" } },
      fields: [field],
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: eip },
      fields: [field],
    },
  ],
});

it("is cured by a public scheme of the policy, on EKS Auto Mode as well", () => {
  const policy = { service: { scheme: { default: "internet-facing" } } };
  const subject = service(
    { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: eip },
    { phase: "mutating" },
  );
  const decision = decided(subject, { policy });
  expect(injected(decision)).toEqual({ "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" });
  expect(decision.findings).toEqual([]);
});

it("keeps an internal scheme away where the default is public", () => {
  const policy = { service: { scheme: { default: "internal" } } };
  const decision = decided(service({ spec, annotations: eip }, { phase: "mutating" }), {
    policy,
    profile: { defaultScheme: "internet-facing" },
  });
  expect(leftOut(decision)).toEqual({ "service.beta.kubernetes.io/aws-load-balancer-scheme": "rule" });
});
