import { nlb } from "../annotations/catalog.ts";
import { parseIpAddress, parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const invalidSourceNatIpv6Prefixes = defineRule({
  id: "invalid-source-nat-ipv6-prefixes",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Each source-NAT prefix of an NLB is auto_assigned or an IPv6 range of length 80.",
  remediation: 'For each subnet, write "auto_assigned" or an IPv6 range out of it with the prefix length 80.',
  source: "AWS Load Balancer Controller 3.5, pkg/networking/utils.go:137-163",
  onlyWith: [nlb.sourceNatIpv6Prefixes],
  service,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller)) return [];
  const items = new Set(parseList(annotations[nlb.sourceNatIpv6Prefixes] ?? ""));
  const faults = [...items].flatMap((item) => faultOf(item) ?? []);
  const field = annotationField(nlb.sourceNatIpv6Prefixes);
  return faults.slice(0, mostReported).map((message) => ({ field, message, ...asFarAsKnown(controller) }));
}

/** A list that is meant as one has no more than a few; what is not must not fill pages. */
const mostReported = 10;

/** The length is compared as text: "080" is another one. */
function faultOf(item: string): string | undefined {
  if (item === "auto_assigned") return undefined;
  const [text = "", length] = item.split("/");
  if (length === undefined) return `${quote(item)} is neither "auto_assigned" nor an IPv6 range`;
  if (length !== "80") return `${quote(item)} has the prefix length ${quote(length)}, and only "80" is allowed`;
  const address = parseIpAddress(text);
  if (address?.family !== 6) return `${quote(item)} is not an IPv6 range`;
  return address.isMapped || address.hasZone ? `${quote(item)} lies in no subnet` : undefined;
}
