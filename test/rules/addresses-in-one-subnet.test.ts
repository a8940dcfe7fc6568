import { addressesInOneSubnet } from "../../src/rules/addresses-in-one-subnet.ts";
import { testRule } from "../support/rule-tester.ts";

const ipv4 = "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses";
const ipv6 = "service.beta.kubernetes.io/aws-load-balancer-ipv6-addresses";
const prefixes = "service.beta.kubernetes.io/aws-load-balancer-source-nat-ipv6-prefixes";
const claimed = { spec: { loadBalancerClass: "service.k8s.aws/nlb" } };

testRule(addressesInOneSubnet, {
  allow: [
    { name: "the last of one /28 and the first of the next", service: withList(ipv4, "10.0.0.15,10.0.0.16") },
    { name: "two neighbouring /64", service: withList(ipv6, "2001:db8:0:1::a,2001:db8:0:2::a") },
    { name: "what is no address, which another rule judges", service: withList(ipv4, "web,web") },
    { name: "an IPv4 and an IPv6 address", service: withList(ipv4, "10.0.0.1,::10.0.0.1") },
    {
      name: "source-NAT prefixes of two /64, and automatic ones",
      service: withList(prefixes, "2001:db8:0:1:1::/80,auto_assigned,2001:db8:0:2:1::/80,auto_assigned"),
    },
    { name: "an empty list", service: withList(ipv4, "") },
    { name: "the in-tree controller", service: { annotations: { [ipv4]: "10.0.0.4,10.0.0.5" } } },
  ],
  deny: [
    {
      name: "two of one /28",
      service: withList(ipv4, "10.0.0.16, 10.1.0.16 ,10.0.0.31"),
      fields: [`metadata.annotations[${ipv4}]`],
    },
    {
      name: "two of one /64, written in two ways",
      service: withList(ipv6, "2001:db8:0:1::a,2001:0db8:0000:0001:ffff::1"),
      fields: [`metadata.annotations[${ipv6}]`],
    },
    {
      name: "two source-NAT prefixes of one /64",
      service: withList(prefixes, "2001:db8:0:1:1::/80,auto_assigned,2001:db8:0:1:2::/80"),
      fields: [`metadata.annotations[${prefixes}]`],
    },
    {
      name: "both lists",
      service: { ...claimed, annotations: { [ipv4]: "10.0.0.4,10.0.0.4", [ipv6]: "fd00::1,fd00::2" } },
      fields: [`metadata.annotations[${ipv4}]`, `metadata.annotations[${ipv6}]`],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { [ipv4]: "10.0.0.4,10.0.0.5" },
      },
      fields: [`metadata.annotations[${ipv4}]`],
    },
  ],
});

function withList(key: string, list: string): { spec: Record<string, unknown>; annotations: Record<string, string> } {
  return { ...claimed, annotations: { [key]: list } };
}
