import { ipv6AddressesNeedDualstack } from "../../src/rules/ipv6-addresses-need-dualstack.ts";
import { testRule } from "../support/rule-tester.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const addresses = { "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses": "2001:db8::9" };
const field = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses]";

testRule(ipv6AddressesNeedDualstack, {
  allow: [
    {
      name: "a dual-stack NLB",
      service: {
        spec,
        annotations: { ...addresses, "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "an IPv4 NLB without the annotation",
      service: { spec, annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" } },
    },
    {
      name: "an address type that is none, which another rule judges",
      service: {
        spec,
        annotations: { ...addresses, "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv6" },
      },
    },
    { name: "the in-tree controller, which does not read it", service: { annotations: addresses } },
  ],
  deny: [
    {
      name: "an IPv4 NLB",
      service: {
        spec,
        annotations: { ...addresses, "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
      fields: [field],
    },
    { name: "no address type, which is ipv4", service: { spec, annotations: addresses }, fields: [field] },
    {
      name: "a list without items",
      service: { spec, annotations: { "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses": "" } },
      fields: [field],
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, annotations: addresses },
      fields: [field],
    },
  ],
});
