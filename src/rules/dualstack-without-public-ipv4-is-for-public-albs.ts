import { alb, nlb } from "../annotations/catalog.ts";
import { annotationField, buildsNlb, defineRule } from "../decision/rule.ts";
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
  onlyWith: [nlb.ipAddressType, alb.ipAddressType],
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

function ingress({ ingress: { annotations }, albClass, inForce }: IngressContext): readonly Problem[] {
  if (albClass === undefined || annotations[alb.ipAddressType] !== value) return [];
  const field = annotationField(alb.ipAddressType);
  const written = annotations[alb.scheme];
  // Without params the schemes that a group's members write have to be the same, so that this one is in force.
  const scheme = inForce.scheme ?? (written === "internal" && albClass.hasParams === false ? written : undefined);
  if (scheme === "internal") {
    const how = written === undefined ? "by the controller's default" : "by its scheme annotation";
    const message = `"${value}" exists for internet-facing ALBs only, and this one is internal ${how}`;
    return [{ field, message, identity: "an internal ALB" }];
  }
  // A scheme that is no scheme is for invalid-enumeration.
  if (scheme !== undefined || (written !== undefined && written !== "internal")) return [];
  const message = `"${value}" exists for internet-facing ALBs only, and the scheme, which the group or the IngressClassParams may set, is not known here`;
  return [
    { field, severity: "warn", message, remedy: 'Set the scheme annotation to "internet-facing", or use "dualstack".' },
  ];
}
