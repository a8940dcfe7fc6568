import { alb } from "../../src/annotations/catalog.ts";
import { parseJson, parseList } from "../../src/annotations/parse.ts";
import type { IngressCase } from "./ingress-case.ts";
import { actionFields, otherMembers, paramsOf, subject } from "./ingress-fields.ts";
import type { Member } from "./ingress-fields.ts";
import type { Property } from "./undecidable.ts";
import { discoveredSubnets } from "./world.ts";

/** A property of an Ingress, its group, and what stands behind it; undecidable.ts says what it means. */
export interface IngressUndecidable {
  readonly property: Property;
  readonly holds: (given: IngressCase) => boolean;
}

/** One id twice is an error whatever AWS says; a Name tag may well be on two subnets. */
export const choosesSubnets: IngressUndecidable = {
  property: "names-subnets",
  holds: (given) => subnetLists(given).some((items) => items.length > 0 && !repeats(ids(items, "subnet-"))),
};

export const subnetsByTags: IngressUndecidable = {
  property: "subnets-by-tags",
  holds: (given) => everybody(given).some((member) => (paramsOf(given, member)?.subnets?.tags.length ?? 0) > 0),
};

export const ipv6OfChosenSubnets: IngressUndecidable = {
  property: "ipv6-of-named-subnets",
  holds: (given) => given.world.subnetsIPv6 !== false && (choosesSubnets.holds(given) || subnetsByTags.holds(given)),
};

/** Those that are found without being named have IPv6 as the profile says, unless the class chooses among them. */
export const ipv6OfTaggedSubnets: IngressUndecidable = {
  property: "subnets-by-tags",
  holds: (given) => given.world.subnetsIPv6 !== false && subnetsByTags.holds(given),
};

/** How many subnets there are: of ids the object tells, of others at most the profile. */
export const countOfSubnets: readonly IngressUndecidable[] = [
  {
    property: "names-subnets",
    holds: (given) => subnetLists(given).some((items) => ids(items, "subnet-").length < items.length),
  },
  subnetsByTags,
  {
    property: "some-subnets-have-ipv6",
    holds: (given) => {
      const count = frontendAddresses(given);
      const isDualstack = everybody(given).some((member) =>
        stated(given, member, "ipAddressType")?.startsWith("dualstack"),
      );
      return given.world.subnetsIPv6 === "partial" && isDualstack && count >= 1 && count <= discoveredSubnets;
    },
  },
  {
    property: "subnets-of-existing-load-balancer",
    holds: (given) =>
      given.world.existingScheme !== null && subnetLists(given).length === 0 && frontendAddresses(given) > 0,
  },
];

/** Names are looked up once each, ids as often as they are given. */
export const namesGroups: IngressUndecidable = {
  property: "names-security-groups",
  holds: (given) =>
    lists(given, alb.securityGroups, alb.frontendNlbSecurityGroups).some(
      (items) => items.length > 0 && !repeats(ids(items, "sg-")),
    ),
};

/** Without certificate-arn the controller looks for certificates by host. */
export const certificatesByHost: IngressUndecidable = {
  property: "certificates-by-host",
  holds: (given) =>
    everybody(given).some(
      (member) =>
        /HTTPS/.test(member.view.annotations[alb.listenPorts] ?? "") &&
        parseList(member.view.annotations[alb.certificateArn] ?? "").length === 0 &&
        paramsOf(given, member)?.certificateArns === undefined,
    ),
};

export const namesSecret: IngressUndecidable = {
  property: "names-a-secret",
  holds: (given) =>
    [given.ingress, ...given.services].some(({ annotations }) => {
      const secret = member(parseJson(annotations[alb.authIdpOidc] ?? "")?.value, "secretName");
      return typeof secret === "string" && secret !== "";
    }),
};

export const namesTrustStore: IngressUndecidable = {
  property: "names-a-trust-store",
  holds: ({ ingress: { annotations } }) => {
    const ports = parseJson(annotations[alb.mutualAuthentication] ?? "")?.value;
    return (Array.isArray(ports) ? ports : []).some((port: unknown) => {
      const store = member(port, "trustStore");
      return typeof store === "string" && store !== "";
    });
  },
};

export const namesWebAcl: IngressUndecidable = {
  property: "names-a-web-acl",
  holds: (given) => everybody(given).some((member) => (stated(given, member, "wafv2AclName") ?? "") !== ""),
};

export const namesTargetGroup: IngressUndecidable = {
  property: "names-a-target-group",
  holds: (given) =>
    actionFields(given).length > 0 &&
    Object.entries(given.ingress.annotations).some(
      ([key, value]) => key.startsWith(`${alb.actions}.`) && /targetGroupName/i.test(value),
    ),
};

/** The Ingress and those that may share its load balancer. */
function everybody(given: IngressCase): readonly Member[] {
  return [subject(given), ...otherMembers(given)];
}

/** Each list of subnets that somebody states. */
function subnetLists(given: IngressCase): readonly (readonly string[])[] {
  const ofClasses = everybody(given).flatMap((member) => {
    const subnets = paramsOf(given, member)?.subnets;
    return subnets === undefined || subnets.ids.length === 0 ? [] : [subnets.ids];
  });
  return [...lists(given, alb.subnets, alb.frontendNlbSubnets), ...ofClasses];
}

function lists(given: IngressCase, ...keys: readonly string[]): readonly (readonly string[])[] {
  return everybody(given).flatMap(({ view: { annotations } }) =>
    keys.flatMap((key) => (key in annotations ? [parseList(annotations[key] ?? "")] : [])),
  );
}

function frontendAddresses(given: IngressCase): number {
  return Math.max(0, ...lists(given, alb.frontendNlbEipAllocations).map((items) => items.length));
}

function stated(given: IngressCase, member: Member, field: "ipAddressType" | "wafv2AclName"): string | undefined {
  return paramsOf(given, member)?.[field] ?? member.view.annotations[alb[field]];
}

function ids(items: readonly string[], prefix: string): readonly string[] {
  return items.filter((item) => item.startsWith(prefix));
}

function repeats(list: readonly unknown[]): boolean {
  return new Set(list).size < list.length;
}

/** Go's decoder finds a name in any case. */
function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
    : undefined;
}
