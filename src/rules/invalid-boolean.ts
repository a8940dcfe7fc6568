import { catalogEntry, nlb } from "../annotations/catalog.ts";
import type { AnnotatedObject } from "../annotations/catalog.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidBoolean = defineRule({
  id: "invalid-boolean",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A yes-or-no annotation has a value that the controller can parse.",
  remediation: 'Write "true" or "false", or delete the annotation.',
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:86-98",
  service,
  ingress,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  switch (controller.name) {
    case "aws-load-balancer-controller":
      return problems(annotations, "Service");
    case "eks-auto-mode":
      return problems(annotations, "Service", unreadByAutoMode);
    case "cloud-controller-manager":
    case "other":
    case "nobody":
      return [];
  }
}

/** Auto Mode has other ways for these (EKS user guide, auto-configure-nlb), so that no value of them is wrong there. */
const unreadByAutoMode: ReadonlySet<string> = new Set([
  nlb.internal,
  nlb.accessLogEnabled,
  nlb.crossZoneLoadBalancingEnabled,
]);

function ingress({ ingress: { annotations }, albClass }: IngressContext): readonly Problem[] {
  return albClass === undefined ? [] : problems(annotations, "Ingress");
}

function problems(
  annotations: Readonly<Record<string, string>>,
  kind: AnnotatedObject,
  unread?: ReadonlySet<string>,
): readonly Problem[] {
  return Object.entries(annotations).flatMap(([key, value]) => {
    const entry = catalogEntry(key, kind);
    if (entry?.value.type !== "bool" || entry.lenient === true || unread?.has(key) === true) return [];
    if (entry.readWhen?.(annotations) === false || parseBool(value) !== undefined) return [];
    return [{ field: annotationField(key), message: `${quote(value)} is not a boolean of the Go language (${words})` }];
  });
}

const words = "1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False";
