import { catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { parseIpAddress, parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const invalidIpAddress = defineRule({
  id: "invalid-ip-address",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "A list of IP addresses has addresses of its own family only.",
  remediation: "Write one address for each subnet, without a prefix length, with commas between them.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:343-427",
  onlyWith: keysOf(catalog, (value) => familyOf(value) !== undefined),
  service,
});

function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value, entry }): readonly Problem[] => {
    const family = familyOf(entry.value);
    if (family === undefined) return [];
    const faults = [...new Set(parseList(value))].flatMap((item) => faultOf(item, family) ?? []);
    return faults.slice(0, mostReported).map((message) => ({
      field: annotationField(key),
      message,
      ...asFarAsKnown(controller),
    }));
  });
}

/** A list that is meant as one has no more than a few; what is not must not fill pages. */
const mostReported = 10;

function familyOf(value: ValueType): 4 | 6 | undefined {
  if (value.type !== "list") return undefined;
  return value.item === "ipv4" ? 4 : value.item === "ipv6" ? 6 : undefined;
}

function faultOf(item: string, family: 4 | 6): string | undefined {
  const address = parseIpAddress(item);
  if (address === undefined) return `${quote(item)} is not an IP address`;
  if (address.family !== family) return `${quote(item)} is not an IPv${family} address`;
  // The controller's parser lets these two through, and its look at the subnets refuses them.
  if (address.isMapped) return `${quote(item)} is an IPv4 address in IPv6 notation, which lies in no subnet`;
  return address.hasZone ? `${quote(item)} has a zone, and so lies in no subnet` : undefined;
}
