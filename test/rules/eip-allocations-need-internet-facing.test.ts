import { expect, it } from "vitest";
import { eipAllocationsNeedInternetFacing } from "../../src/rules/eip-allocations-need-internet-facing.ts";
import { decided, injected, leftOut } from "../support/decisions.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";
import { autoModeClass } from "./backend-services.ts";
import { inGroup, keyed, member } from "./group-members.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const eip = { "service.beta.kubernetes.io/aws-load-balancer-eip-allocations": "eipalloc-1,eipalloc-2" };
const internetFacing = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" };
const field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-eip-allocations]";
const albField = "metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-eip-allocations]";
const inFront = { "enable-frontend-nlb": "true", "frontend-nlb-eip-allocations": "eipalloc-1,eipalloc-2" };
const publicFront = { "frontend-nlb-scheme": "internet-facing" };

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
    { name: "a public NLB in front of an ALB", ingress: { annotations: keyed({ ...inFront, ...publicFront }) } },
    {
      name: "no NLB in front of an ALB",
      ingress: { annotations: keyed({ ...inFront, "enable-frontend-nlb": "false" }) },
    },
    {
      name: "an NLB in front that another member makes public",
      ingress: inGroup(inFront),
      cluster: [member("team-b/api", publicFront)],
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
    {
      name: "an NLB in front that is internal by its annotation, whatever the ALB is",
      ingress: {
        annotations: keyed({ ...inFront, scheme: "internet-facing", "frontend-nlb-scheme": "internal" }),
      },
      fields: [albField],
    },
    {
      name: "an NLB in front that is internal by default",
      ingress: { annotations: keyed(inFront) },
      fields: [albField],
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: eip },
      fields: [field],
    },
    {
      name: "no addresses for an internal NLB in front",
      ingress: { annotations: keyed({ ...inFront, "frontend-nlb-eip-allocations": "" }) },
      fields: [albField],
    },
    {
      name: "an NLB in front whose scheme a member that nobody knows may state",
      ingress: inGroup(inFront),
      cluster: [],
      unsure: ["Ingress"],
      fields: [albField],
    },
    {
      name: "an NLB in front of an ALB of EKS Auto Mode",
      ingress: { annotations: keyed(inFront), spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass],
      fields: [albField],
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
