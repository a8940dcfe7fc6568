import { albValues, customerOwnedPool, defineRule, ownField } from "../decision/rule.ts";

export const customerOwnedPoolNeedsIpv4 = defineRule({
  id: "customer-owned-pool-needs-ipv4",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "aws",
  summary: "An ALB with a pool of customer-owned addresses, which stands on an Outpost, is IPv4 only.",
  remediation: 'Set the ip-address-type to "ipv4", or delete the customer-owned-ipv4-pool.',
  source: "https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html",
  blocksInjection: true,
  ingress(context) {
    const { ipAddressType } = albValues(context);
    if (ipAddressType === undefined || ipAddressType === "ipv4" || customerOwnedPool(context) === undefined) return [];
    const field = ownField(context, ["ip-address-type", "customer-owned-ipv4-pool"]);
    if (field === undefined) return [];
    const message = `the ALB has a pool of customer-owned addresses and the ip-address-type "${ipAddressType}", and load balancers on an Outpost have no IPv6`;
    return [{ field, message, identity: "customer-owned addresses" }];
  },
});
