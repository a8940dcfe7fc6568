import { alb, catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidEnumeration = defineRule({
  id: "invalid-enumeration",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation with a fixed set of values has one of them, spelled exactly so.",
  remediation: "Write one of the allowed values, without blanks and in this spelling, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:184-265",
  onlyWith: keysOf(catalog, ({ type }) => type === "enum"),
  service,
  ingress,
});

/** IngressClassParams win over these, whatever they say: where a class has some, the value may never be read. */
const overruledByParams: ReadonlySet<string> = new Set([alb.scheme, alb.ipAddressType, alb.targetType]);

function ingress(context: IngressContext): readonly Problem[] {
  const isOverruled = context.albClass?.hasParams === true;
  return problems(context, (key) => isOverruled && overruledByParams.has(key));
}

function service(context: ServiceContext): readonly Problem[] {
  return problems(context, () => false);
}

function problems(
  { read }: ServiceContext | IngressContext,
  isOverruled: (key: string) => boolean,
): readonly Problem[] {
  return read().flatMap(({ key, value, entry }): readonly Problem[] => {
    if (entry.value.type !== "enum" || entry.lenient === true) return [];
    if (entry.reservedValues?.includes(value) === true) return [];
    const { values, ignoreCase } = entry.value;
    if (ignoreCase === true ? values.some((each) => isSameInUpperCase(each, value)) : values.includes(value)) return [];
    const problem = {
      field: annotationField(key),
      message: `${quote(value)} is not allowed, only ${values.map(quote).join(", ")}`,
    };
    return [isOverruled(key) ? { ...problem, severity: "warn" } : problem];
  });
}

/** As the controller compares: "httpſ", with a long s, is HTTPS in upper case. */
function isSameInUpperCase(one: string, other: string): boolean {
  return one.toUpperCase() === other.toUpperCase();
}
