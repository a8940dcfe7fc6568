import { alb, nlb } from "../annotations/catalog.ts";
import { albValues, annotationField, buildsNlb, defineRule, ownField, whoStates } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const dualstackWithoutPublicIpv4IsForPublicAlbs = defineRule({
  id: "dualstack-without-public-ipv4-is-for-public-albs",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "The address type dualstack-without-public-ipv4 stands on internet-facing ALBs only.",
  remediation: 'Use "dualstack", or set the scheme to "internet-facing" if the ALB is meant to be public.',
  source:
    "https://aws.amazon.com/blogs/networking-and-content-delivery/introducing-dual-stack-without-public-ipv4-application-load-balancer/",
  onlyWith: { service: [nlb.ipAddressType] },
  service,
  ingress,
});

const value = "dualstack-without-public-ipv4";

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller)) return [];
  if (annotations[nlb.ipAddressType] !== value) return [];
  const message = `"${value}" exists for ALBs only, and this is an NLB`;
  return [{ field: annotationField(nlb.ipAddressType), message, remedy: 'Use "dualstack" or "ipv4".' }];
}

function ingress(context: IngressContext): readonly Problem[] {
  const { scheme, ipAddressType } = albValues(context);
  if (ipAddressType === value && scheme === "internal") return onInternal(context);
  const { annotations } = context.ingress;
  // IngressClassParams that are not known may say another one.
  const mayBe = ipAddressType === value || (ipAddressType === undefined && annotations[alb.ipAddressType] === value);
  if (context.albClass === undefined || !mayBe || scheme !== undefined) return [];
  const field = ownField(context, ["ip-address-type"]);
  const written = annotations[alb.scheme];
  // A scheme that is no scheme is for invalid-enumeration.
  if (field === undefined || (written !== undefined && written !== "internal")) return [];
  const message = `"${value}" exists for internet-facing ALBs only, and the scheme, which the group or the IngressClassParams may set, is not known here`;
  return [{ field, severity: "warn", message, remedy: remedyOfUnknown }];
}

const remedyOfUnknown = 'Set the scheme annotation to "internet-facing", or use "dualstack".';

/** Of a group to which the Ingress brings one of the two. */
function onInternal(context: IngressContext): readonly Problem[] {
  const field = ownField(context, ["ip-address-type", "scheme"]);
  if (field === undefined) return [];
  const isInternal = `internal${byWhom(context)}`;
  const message =
    field === annotationField(alb.ipAddressType) && context.ingress.annotations[alb.ipAddressType] === value
      ? `"${value}" exists for internet-facing ALBs only, and this one is ${isInternal}`
      : `the ALB has the ip-address-type "${value}", which exists for internet-facing ALBs only, and is ${isInternal}`;
  return [{ field, message, identity: "an internal ALB" }];
}

function byWhom(context: IngressContext): string {
  switch (whoStates(context, "scheme")) {
    case "ingress":
      return " by its scheme annotation";
    case "class":
      return " by its IngressClassParams";
    case "others":
      return ", as its IngressGroup has it";
    case "nobody":
      return " by the controller's default";
  }
}
