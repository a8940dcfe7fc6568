import { albValues, authenticationField, defineRule } from "../decision/rule.ts";

export const authenticationNeedsPublicIpv4 = defineRule({
  id: "authentication-needs-public-ipv4",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "aws",
  summary:
    "An ALB that has users authenticate has public IPv4 addresses, since it reaches identity providers over IPv4 only.",
  remediation: 'Use the ip-address-type "dualstack", or set auth-type to "none".',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html",
  blocksInjection: true,
  ingress(context) {
    if (albValues(context).ipAddressType !== "dualstack-without-public-ipv4") return [];
    const field = authenticationField(context);
    if (field === undefined) return [];
    const message =
      'with the ip-address-type "dualstack-without-public-ipv4" the ALB cannot reach identity providers, and users who have to log in get HTTP 500';
    return [{ field, message, identity: "authentication" }];
  },
});
