import { albValues, defineRule, ipamPool, ownField } from "../decision/rule.ts";

export const ipamPoolNeedsPublicIpv4 = defineRule({
  id: "ipam-pool-needs-public-ipv4",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "aws",
  summary: "An IPAM pool of IPv4 addresses is given to ALBs with public IPv4 addresses only.",
  remediation:
    'Delete the ipam-ipv4-pool-id; or set the scheme to "internet-facing" and the ip-address-type to "ipv4" or "dualstack".',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
  blocksInjection: true,
  ingress(context) {
    const { scheme, ipAddressType } = albValues(context);
    const isWithout = ipAddressType === "dualstack-without-public-ipv4";
    if ((scheme !== "internal" && !isWithout) || ipamPool(context) === undefined) return [];
    const field = ownField(context, ["ipam-ipv4-pool-id", isWithout ? "ip-address-type" : "scheme"]);
    if (field === undefined) return [];
    const why = isWithout ? `its ip-address-type is "${ipAddressType}"` : "it is internal";
    const message = `the ALB has an IPAM pool for public IPv4 addresses, and none of these addresses: ${why}`;
    return [{ field, message, identity: "no public IPv4" }];
  },
});
