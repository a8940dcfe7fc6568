import { alb, nlb } from "../annotations/catalog.ts";
import { isMembershipKnown } from "../decision/ingress-use.ts";
import { parseList } from "../annotations/parse.ts";
import { asProblems } from "../decision/value-faults.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const addressCountMatchesSubnets = defineRule({
  id: "address-count-matches-subnets",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A list of addresses for an NLB has one item for each of its subnets.",
  remediation: "Give one item for each subnet of the NLB, or delete the annotation.",
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:330-380",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_frontend_nlb.go:143-190",
  },
  onlyWith: [
    nlb.eipAllocations,
    nlb.privateIpv4Addresses,
    nlb.ipv6Addresses,
    nlb.sourceNatIpv6Prefixes,
    alb.frontendNlbEipAllocations,
  ],
  blocksInjection: true,
  service,
  ingress,
});

function service(context: ServiceContext): readonly Problem[] {
  const { annotations } = context.service;
  if (!buildsNlb(context.controller)) return [];
  return countedLists(context).flatMap((key): readonly Problem[] => {
    const written = annotations[key];
    const fault = written === undefined ? undefined : faultOf(parseList(written).length, context);
    return fault === undefined ? [] : [{ field: annotationField(key), ...fault, ...asFarAsKnown(context.controller) }];
  });
}

/** Where a list is refused altogether, or not read, its items are not counted. */
function countedLists({ service: { annotations }, inForce }: ServiceContext): readonly string[] {
  const isDualstack = inForce.ipAddressType === "dualstack";
  const hasPrefix = annotations[nlb.enablePrefixForIpv6SourceNat] === "on";
  return [
    ...(inForce.scheme === "internet-facing" ? [nlb.eipAllocations] : []),
    ...(inForce.scheme === "internal" ? [nlb.privateIpv4Addresses] : []),
    ...(isDualstack ? [nlb.ipv6Addresses] : []),
    ...(isDualstack && hasPrefix ? [nlb.sourceNatIpv6Prefixes] : []),
  ];
}

type Fault = Pick<Problem, "message" | "remedy" | "severity">;

function faultOf(items: number, context: ServiceContext): Fault | undefined {
  if (items === 0) return { message: "the list has no items, and each subnet of the NLB needs one" };
  const { service, inForce, facts } = context;
  const has = hasItems(items);
  const subnets = service.annotations[nlb.subnets];
  if (subnets !== undefined) return namedFault(items, parseList(subnets).length, "the annotation subnets");
  const { discoveredSubnets: found, subnetsHaveIPv6 } = facts.profile;
  if (found === undefined) return undefined;
  const message = `${has}, and the controller finds ${counted(found, "subnet")}`;
  const stays = staysInItsSubnets(context);
  // Of those found, a dual-stack NLB gets the ones with IPv6: any number up to all.
  if (inForce.ipAddressType === "dualstack" && subnetsHaveIPv6 !== true && items <= found) {
    if (stays || subnetsHaveIPv6 !== "some" || items < found) return undefined;
    return { message: `${message}, and leaves out those without IPv6`, severity: "warn" };
  }
  if (items === found) return undefined;
  return stays ? { message, remedy: remedyOfExisting, severity: "warn" } : { message };
}

/** Elastic IP addresses of the NLB in front of an ALB, which is in the subnets of the ALB unless somebody names others for it. */
function ingress(context: IngressContext): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    const items = parseList(each.value).length;
    // An empty list is no list here.
    if (each.key !== alb.frontendNlbEipAllocations || items === 0) return [];
    const fault = frontFault(items, context);
    if (fault === undefined) return [];
    // An Ingress that nobody knows may name the subnets.
    return asProblems(context, each, [isMembershipKnown(context) ? fault : { ...fault, severity: "warn" }]);
  });
}

function frontFault(items: number, { group, ingress: { annotations }, facts, old }: IngressContext): Fault | undefined {
  const state = group();
  if (state?.values().frontendScheme !== "internet-facing") return undefined;
  const written = (key: string): string | undefined =>
    annotations[key] ??
    state.members.find(({ ingress: { view } }) => key in view.annotations)?.ingress.view.annotations[key];
  const ofFront = written(alb.frontendNlbSubnets);
  if (ofFront !== undefined) return namedFault(items, parseList(ofFront).length, "the annotation frontend-nlb-subnets");
  const ofClass = state.members.find(({ classification: { params } }) => params?.subnets !== undefined);
  if (ofClass !== undefined) {
    return namedFault(
      items,
      ofClass.classification.params?.subnets?.ids.length ?? 0,
      "the list of the IngressClassParams",
    );
  }
  const ofAlb = written(alb.subnets);
  if (ofAlb !== undefined) return namedFault(items, parseList(ofAlb).length, "the annotation subnets");
  const { discoveredSubnets: found, subnetsHaveIPv6 } = facts.profile;
  if (found === undefined || items === found) return undefined;
  // An ALB that exists keeps its subnets, and one with IPv6 is given those that have it.
  const exists = old?.provisioned === true || facts.existing !== undefined;
  const isDualstack = state.values().ipAddressType !== "ipv4" && subnetsHaveIPv6 !== true;
  const message = `${hasItems(items)}, and the controller finds ${counted(found, "subnet")}`;
  return exists || isDualstack ? { message, remedy: remedyOfExisting, severity: "warn" } : { message };
}

function hasItems(items: number): string {
  return `the list has ${counted(items, "item")}`;
}

/** Without items the controller finds no subnet at all. */
function namedFault(items: number, named: number, where: string): Fault | undefined {
  if (named === 0 || named === items) return undefined;
  return { message: `${hasItems(items)}, and ${where} has ${named}` };
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** While its scheme stays, so do the subnets of an NLB (model_build_load_balancer.go:450-481), which may be others than those found. */
function staysInItsSubnets({ controller, inForce, facts, old }: ServiceContext): boolean {
  if (facts.existing !== undefined) return (facts.existing.scheme ?? inForce.scheme) === inForce.scheme;
  return old?.provisioned === true && old.controller.name === controller.name && old.inForce.scheme === inForce.scheme;
}

const remedyOfExisting =
  "See that there is one item for each subnet in which the load balancer is, or it is not updated any more.";
