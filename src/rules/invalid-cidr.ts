import { alb, catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { isCidr, parseList } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const invalidCidr = defineRule({
  id: "invalid-cidr",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A list of address ranges has CIDRs that the controller can parse.",
  remediation: 'Write each range as an address with a prefix length, as in "10.0.0.0/8", with commas between them.',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_listener.go:274-300",
  onlyWith: keysOf(catalog, isCidrs),
  ingress,
});

/** IngressClassParams win over it, whatever it says: where a class has some, the value may never be read. */
const overruledByParams: ReadonlySet<string> = new Set([alb.inboundCidrs]);

function ingress({ read, albClass }: IngressContext): readonly Problem[] {
  const hasParams = albClass?.hasParams === true;
  return read().flatMap(({ key, value, entry }): readonly Problem[] => {
    if (!isCidrs(entry.value) || entry.lenient === true) return [];
    const faulty = [...new Set(parseList(value))].filter((item) => !isCidr(item));
    return faulty.slice(0, mostReported).map((item): Problem => {
      const problem = { field: annotationField(key), message: `${quote(item)} is not a CIDR` };
      return hasParams && overruledByParams.has(key) ? { ...problem, severity: "warn" } : problem;
    });
  });
}

/** A list that is meant as one has no more than a few; what is not must not fill pages. */
const mostReported = 10;

function isCidrs(value: ValueType): boolean {
  return value.type === "list" && value.item === "cidr";
}
