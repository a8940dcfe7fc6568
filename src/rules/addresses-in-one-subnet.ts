import { nlb } from "../annotations/catalog.ts";
import { parseIpAddress, parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const addressesInOneSubnet = defineRule({
  id: "addresses-in-one-subnet",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Each address, or source-NAT prefix, that an NLB is to have lies in a subnet of its own.",
  remediation: "Write one out of each subnet of the load balancer.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:411-427",
  onlyWith: [nlb.privateIpv4Addresses, nlb.ipv6Addresses, nlb.sourceNatIpv6Prefixes],
  service,
});

/**
 * Of which subnet an address is, AWS alone knows; but no subnet is smaller than a /28 of IPv4 or a /64 of IPv6
 * (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html), so two out of one such range share theirs.
 */
function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller)) return [];
  return lists.flatMap(({ key, noun }): readonly Problem[] => {
    const pair = sharing(parseList(annotations[key] ?? ""));
    if (pair === undefined) return [];
    const message = `${quote(pair[0])} and ${quote(pair[1])} lie in one subnet, and the controller expects one ${noun} for each`;
    return [{ field: annotationField(key), message, ...asFarAsKnown(controller) }];
  });
}

const lists = [
  { key: nlb.privateIpv4Addresses, noun: "address" },
  { key: nlb.ipv6Addresses, noun: "address" },
  // utils.go:137-163: the first prefix has to lie in the first subnet, the second in the second.
  { key: nlb.sourceNatIpv6Prefixes, noun: "prefix" },
] as const;

function sharing(items: readonly string[]): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const item of items) {
    const range = smallestSubnet(item);
    const other = range === undefined ? undefined : seen.get(range);
    if (other !== undefined) return [other, item];
    if (range !== undefined) seen.set(range, item);
  }
  return undefined;
}

function smallestSubnet(item: string): string | undefined {
  const [text = ""] = item.split("/");
  const address = parseIpAddress(text);
  if (address === undefined) return undefined;
  const { family, groups } = address;
  return family === 4 ? [...groups.slice(0, 3), (groups[3] ?? 0) >> 4].join(".") : groups.slice(0, 4).join(":");
}
