import { expect, it } from "vitest";
import { privateIpv4AddressesNeedInternal } from "../../src/rules/private-ipv4-addresses-need-internal.ts";
import { decided, leftOut } from "../support/decisions.ts";
import { testRule } from "../support/rule-tester.ts";
import { service } from "../support/subjects.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const addresses = { "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": "10.0.1.9,10.0.2.9" };
const internetFacing = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" };
const field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses]";

testRule(privateIpv4AddressesNeedInternal, {
  allow: [
    { name: "an NLB that is internal by the controller's default", service: { spec, annotations: addresses } },
    {
      name: "an NLB that is internal by its annotation",
      profile: { defaultScheme: "internet-facing" },
      service: {
        spec,
        annotations: { ...addresses, "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
      },
    },
    { name: "a public NLB without the annotation", service: { spec, annotations: internetFacing } },
    {
      name: "a scheme that is none, which another rule judges",
      service: { spec, annotations: { ...addresses, "service.beta.kubernetes.io/aws-load-balancer-scheme": "" } },
    },
    { name: "the in-tree controller, whose load balancers are public", service: { annotations: addresses } },
  ],
  deny: [
    {
      name: "an NLB that is public by its annotation",
      service: { spec, annotations: { ...addresses, ...internetFacing } },
      fields: [field],
    },
    {
      name: "an NLB that is public by the controller's default",
      profile: { defaultScheme: "internet-facing" },
      service: { spec, annotations: addresses },
      fields: [field],
    },
    {
      name: "a list without items",
      service: {
        spec,
        annotations: { ...internetFacing, "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses": "" },
      },
      fields: [field],
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { ...addresses, ...internetFacing },
      },
      fields: [field],
    },
  ],
});

it.each(["service.k8s.aws/nlb", "eks.amazonaws.com/nlb"])("keeps a public scheme away: %s", (loadBalancerClass) => {
  const policy = { service: { scheme: { default: "internet-facing" } } };
  const subject = service({ spec: { loadBalancerClass }, annotations: addresses }, { phase: "mutating" });
  expect(leftOut(decided(subject, { policy }))).toEqual({
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "rule",
  });
});
