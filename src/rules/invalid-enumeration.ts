import { alb, catalogEntry, nlb } from "../annotations/catalog.ts";
import type { AnnotatedObject } from "../annotations/catalog.ts";
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
  service,
  ingress,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  switch (controller.name) {
    case "aws-load-balancer-controller":
      return problems(annotations, "Service", none, none);
    case "eks-auto-mode":
      return problems(annotations, "Service", unreadByAutoMode, none);
    case "cloud-controller-manager":
    case "other":
    case "nobody":
      return [];
  }
}

const none: ReadonlySet<string> = new Set();

/** Auto Mode has other ways for these (EKS user guide, auto-configure-nlb), so that no value of them is wrong there. */
const unreadByAutoMode: ReadonlySet<string> = new Set([nlb.proxyProtocol]);

/** IngressClassParams win over these, whatever they say: where a class has some, the value may never be read. */
const overruledByParams: ReadonlySet<string> = new Set([alb.scheme, alb.ipAddressType, alb.targetType]);

function ingress({ ingress: { annotations }, albClass }: IngressContext): readonly Problem[] {
  if (albClass === undefined) return [];
  return problems(annotations, "Ingress", none, albClass.hasParams === true ? overruledByParams : none);
}

function problems(
  annotations: Readonly<Record<string, string>>,
  kind: AnnotatedObject,
  unread: ReadonlySet<string>,
  overruled: ReadonlySet<string>,
): readonly Problem[] {
  return Object.entries(annotations).flatMap(([key, value]): readonly Problem[] => {
    const entry = catalogEntry(key, kind);
    if (entry?.value.type !== "enum" || entry.lenient === true || unread.has(key)) return [];
    if (entry.readWhen?.(annotations) === false || entry.reservedValues?.includes(value) === true) return [];
    const { values, ignoreCase } = entry.value;
    if (values.includes(ignoreCase === true ? value.toLowerCase() : value)) return [];
    const problem = {
      field: annotationField(key),
      message: `${quote(value)} is not allowed, only ${values.map(quote).join(", ")}`,
    };
    return [overruled.has(key) ? { ...problem, severity: "warn" } : problem];
  });
}
