import { inboundCidrsAdmitNobody } from "../../src/rules/inbound-cidrs-admit-nobody.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/inbound-cidrs]";
const ipv6Ranges = { "inbound-cidrs": "2001:db8::/32, ::/0" };
const annotations = keyed(ipv6Ranges);

testRule(inboundCidrsAdmitNobody, {
  allow: [
    {
      name: "ranges of both families",
      ingress: { annotations: keyed({ "inbound-cidrs": "::/0,192.0.2.0/24" }) },
      cluster: [],
    },
    { name: "an IPv4 range", ingress: { annotations: keyed({ "inbound-cidrs": "192.0.2.0/24" }) }, cluster: [] },
    {
      name: "no range at all, which is every address",
      ingress: { annotations: keyed({ "inbound-cidrs": " , " }) },
      cluster: [],
    },
    {
      name: "an IPv6 range of a dual-stack ALB",
      ingress: { annotations: keyed({ ...ipv6Ranges, "ip-address-type": "dualstack" }) },
      cluster: [],
    },
    {
      name: "an IPv6 range of an ALB that is dual-stack by its group",
      ingress: inGroup(ipv6Ranges),
      cluster: [member("team-b/api", { "ip-address-type": "dualstack" })],
    },
    {
      name: "a group with named security groups",
      ingress: inGroup(ipv6Ranges),
      cluster: [member("team-b/api", { "security-groups": "sg-1" })],
    },
    {
      name: "a prefix list besides",
      ingress: { annotations: keyed({ ...ipv6Ranges, "security-group-prefix-lists": "pl-1" }) },
      cluster: [],
    },
    {
      name: "another range, by the class",
      ingress: { annotations, spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { inboundCIDRs: ["192.0.2.0/24"] }),
    },
    { name: "ranges of others", ingress: inGroup(), cluster: [member("team-b/api", ipv6Ranges)] },
    { name: "a group of which nothing is known", ingress: inGroup(ipv6Ranges) },
    {
      name: "what is no range, which another rule judges",
      ingress: { annotations: keyed({ "inbound-cidrs": "::/129" }) },
      cluster: [],
    },
    {
      name: "IPv4 ranges beside those of others on another port",
      ingress: inGroup({ "inbound-cidrs": "192.0.2.0/24", "listen-ports": '[{"HTTP":81}]' }),
      cluster: [member("team-b/api", ipv6Ranges)],
    },
  ],
  deny: [
    { name: "IPv6 ranges", ingress: { annotations }, cluster: [], fields: [field] },
    {
      name: "an IPv4 address in the form of IPv6",
      ingress: { annotations: keyed({ "inbound-cidrs": "::ffff:192.0.2.0/120" }) },
      cluster: [],
      fields: [field],
    },
    {
      name: "IPv6 ranges and IPv4 written, in a group of which not all are known",
      ingress: { ...inGroup({ ...ipv6Ranges, "ip-address-type": "ipv4" }) },
      cluster: [],
      unsure: ["Ingress"],
      fields: [field],
    },
    {
      name: "a class with IPv6 ranges",
      ingress: { spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { inboundCIDRs: ["2001:db8::/32"] }),
      fields: ["spec.ingressClassName"],
    },
  ],
});
