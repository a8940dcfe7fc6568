import { albValues, defineRule, isFronted, ownField } from "../decision/rule.ts";

export const frontendNlbNeedsPublicIpv4 = defineRule({
  id: "frontend-nlb-needs-public-ipv4",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "An ALB with an NLB in front of it has the address type ipv4 or dualstack.",
  remediation: 'Use the ip-address-type "dualstack", or take the enable-frontend-nlb away.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html",
  ingress(context) {
    if (albValues(context).ipAddressType !== "dualstack-without-public-ipv4") return [];
    const field =
      isFronted(context) === true ? ownField(context, ["ip-address-type", "enable-frontend-nlb"]) : undefined;
    if (field === undefined) return [];
    const message =
      'the NLB in front gets the ip-address-type of the ALB, "dualstack-without-public-ipv4", which exists for ALBs only';
    return [{ field, message, identity: "frontend NLB" }];
  },
});
