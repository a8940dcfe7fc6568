import { nlb } from "../../src/annotations/catalog.ts";
import { parseList } from "../../src/annotations/parse.ts";
import { serviceController } from "../../src/decision/controller.ts";
import { serviceInForce } from "../../src/decision/in-force.ts";
import type { ServiceCase } from "./cases.ts";
import { discoveredSubnets, factsOf } from "./world.ts";

/**
 * What makes a verdict depend on more than the object and the cluster profile. A property excuses nothing on its own: the
 * controller's error must also be of a kind that only AWS, or another object, decides (controller-errors.ts).
 */
export const properties = {
  "names-subnets": "names subnets, none twice by id: whether they exist, and in which zones, is AWS's to say",
  "ipv6-of-named-subnets": "names subnets, and the profile does not say that subnets have no IPv6",
  "some-subnets-have-ipv6": "dual-stack without named subnets, where the profile says that some subnets have IPv6",
  "subnets-of-existing-load-balancer": "keeps the subnets of its load balancer, whose number the profile does not tell",
  "gives-addresses": "gives addresses that the object alone does not put into one subnet, or into none",
  "names-security-groups": "names security groups, none twice by id: whether they exist is AWS's to say",
  "names-another-service": "forwards to another Service as well, which an admission webhook is not shown",
  "subnets-by-tags": "IngressClassParams choose subnets by tags: which there are is AWS's to say",
  "certificates-by-host": "an HTTPS listener without certificate-arn: which hosts have a certificate is AWS's to say",
  "names-a-secret": "OIDC with a Secret, which an admission webhook must not read",
  "names-a-trust-store": "mutual TLS with a trust store: whether it exists is AWS's to say",
  "names-a-web-acl": "names a web ACL: whether it exists is AWS's to say",
  "names-a-target-group": "an action forwards to a target group by its name: whether it exists is AWS's to say",
} as const;

export type Property = keyof typeof properties;

/** A property, with what shows that a case has it. */
export interface Undecidable {
  readonly property: Property;
  readonly holds: (given: ServiceCase) => boolean;
}

/** One id twice is an error whatever AWS says; a Name tag may well be on two subnets. */
export const namesSubnets: Undecidable = {
  property: "names-subnets",
  holds: (given) => items(given, nlb.subnets).length > 0 && !repeats(ids(given, nlb.subnets, "subnet-")),
};

export const ipv6OfNamedSubnets: Undecidable = {
  property: "ipv6-of-named-subnets",
  holds: (given) => items(given, nlb.subnets).length > 0 && given.world.subnetsIPv6 !== false,
};

export const someSubnetsHaveIPv6: Undecidable = {
  property: "some-subnets-have-ipv6",
  holds: ({ service: { annotations }, world }) =>
    world.subnetsIPv6 === "partial" && annotations[nlb.ipAddressType] === "dualstack" && !(nlb.subnets in annotations),
};

/** No number of subnets that are found can agree with no items, or with more than there are. */
export function countAmongSome(key: string): Undecidable {
  const { property, holds } = someSubnetsHaveIPv6;
  return {
    property,
    holds: (given) => {
      const count = items(given, key).length;
      return holds(given) && count >= 1 && count <= discoveredSubnets;
    },
  };
}

/** An existing load balancer of the same scheme keeps its subnets (model_build_load_balancer.go:450-481). */
export function countOnExisting(key: string): Undecidable {
  return {
    property: "subnets-of-existing-load-balancer",
    holds: (given) => {
      const { existingScheme } = given.world;
      if (existingScheme === null || nlb.subnets in given.service.annotations) return false;
      return items(given, key).length > 0 && schemeInForce(given) === existingScheme;
    },
  };
}

/**
 * Which subnet an address lies in is AWS's to say. What needs no AWS: two addresses of one /28 or /64, the smallest subnets
 * there are, lie in the same one; an IPv4-mapped address, and one with a zone, lies in none.
 */
export function givesAddresses(key: string): Undecidable {
  return {
    property: "gives-addresses",
    holds: (given) => {
      const addresses = items(given, key).filter((item) => item !== "auto_assigned");
      const blocks = addresses.map(smallestSubnet);
      return blocks.length > 0 && !blocks.includes(undefined) && !repeats(blocks);
    },
  };
}

/** Names are looked up once each, ids as often as they are given. */
export const namesSecurityGroups: Undecidable = {
  property: "names-security-groups",
  holds: (given) => items(given, nlb.securityGroups).length > 0 && !repeats(ids(given, nlb.securityGroups, "sg-")),
};

export const namesAnotherService: Undecidable = {
  property: "names-another-service",
  holds: ({ name, service: { annotations } }) =>
    Object.entries(annotations)
      .filter(([key]) => key.startsWith(`${nlb.actions}.`))
      .some(([, value]) => servicesNamed(value).some((other) => other !== name)),
};

function items({ service: { annotations } }: ServiceCase, key: string): readonly string[] {
  return parseList(annotations[key] ?? "");
}

function ids(given: ServiceCase, key: string, prefix: string): readonly string[] {
  return items(given, key).filter((item) => item.startsWith(prefix));
}

function repeats(list: readonly unknown[]): boolean {
  return new Set(list).size < list.length;
}

function schemeInForce({ service, world }: ServiceCase): string | undefined {
  const { profile, existing } = factsOf(world);
  return serviceInForce(service, serviceController(service, profile), profile, existing).scheme;
}

/** The /28 or /64 around an address or a prefix, as bits. undefined: in no subnet. */
function smallestSubnet(address: string): string | undefined {
  const [text = ""] = address.split("/");
  const octets = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
  if (octets !== undefined) return bits(octets, 8).slice(0, 28);
  const groups = ipv6Groups(text);
  if (groups === undefined || isMapped(groups)) return undefined;
  return bits(groups, 16).slice(0, 64);
}

function bits(numbers: readonly number[], width: number): string {
  return numbers.map((number) => number.toString(2).padStart(width, "0")).join("");
}

/** Of an address without a zone. */
function ipv6Groups(text: string): readonly number[] | undefined {
  if (!URL.canParse(`http://[${text}]/`)) return undefined;
  // The host of a URL is the address in its canonical form, in hexadecimal throughout.
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [before = [], after] = canonical.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const zeros = after === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => "0"), ...(after ?? [])].map((group) => parseInt(group, 16));
}

function isMapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

function servicesNamed(action: string): readonly string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(action);
  } catch {
    return [];
  }
  const groups = member(member(parsed, "forwardConfig"), "targetGroups");
  return (Array.isArray(groups) ? groups : []).flatMap((group: unknown) => {
    const name = member(group, "serviceName");
    return typeof name === "string" ? [name] : [];
  });
}

/** Go's decoder finds a name in any case. */
function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
    : undefined;
}
