import { bindingIpBlockFamily } from "../../src/rules/binding-ip-block-family.ts";
import { testRule } from "../support/rule-tester.ts";

const open = (ipAddressType: string | undefined, ...cidrs: readonly string[]) => {
  const from = [...cidrs.map((cidr) => ({ ipBlock: { cidr } })), { securityGroup: { groupID: "sg-1" } }];
  return { spec: { ipAddressType, networking: { ingress: [{ from, ports: [{ protocol: "TCP" }] }] } } };
};
const autoMode = { apiVersion: "eks.amazonaws.com/v1" } as const;
const fields = ["spec.networking.ingress"] as const;

testRule(bindingIpBlockFamily, {
  allow: [
    { name: "IPv4 to IPv4 targets", binding: open("ipv4", "10.0.0.0/16") },
    { name: "IPv4 to targets of no stated family", binding: open(undefined, "10.0.0.0/16") },
    { name: "IPv6 to IPv6 targets", binding: open("ipv6", "2001:db8::/64") },
    { name: "a security group alone", binding: open("ipv4") },
    { name: "no networking at all", binding: {} },
    { name: "EKS Auto Mode may find out the family", binding: { ...autoMode, ...open(undefined, "2001:db8::/64") } },
  ],
  warn: [
    { name: "IPv6 to IPv4 targets", binding: open("ipv4", "10.0.0.0/16", "::/0"), fields },
    { name: "IPv6 to targets of no stated family", binding: open(undefined, "2001:db8::/64", "::/0"), fields },
    { name: "IPv4 to IPv6 targets", binding: open("ipv6", "0.0.0.0/0"), fields },
    { name: "of EKS Auto Mode", binding: { ...autoMode, ...open("ipv4", "::/0") }, fields },
  ],
});
