import { albValues, defineRule, ownField, restrictedListeners } from "../decision/rule.ts";

export const inboundCidrsAdmitNobody = defineRule({
  id: "inbound-cidrs-admit-nobody",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "The inbound-cidrs of an IPv4 ALB have an IPv4 range.",
  remediation:
    'Add the IPv4 ranges of the clients (for all of them: 0.0.0.0/0), or set ip-address-type to "dualstack".',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_managed_sg.go:76-119",
  ingress(context) {
    if (albValues(context).ipAddressType !== "ipv4") return [];
    const isClosed = restrictedListeners(context).some(
      ({ isOwn, cidrs }) => isOwn && cidrs.every((cidr) => cidr.includes(":")),
    );
    const field = isClosed ? ownField(context, ["inbound-cidrs"]) : undefined;
    if (field === undefined) return [];
    const message =
      "all inbound-cidrs are IPv6, and the ALB is IPv4 only: its security group would have no rule, and let nobody in";
    return [{ field, message, identity: "IPv6 ranges" }];
  },
});
