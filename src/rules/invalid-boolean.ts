import { catalog } from "../annotations/catalog.ts";
import { keysOf } from "../annotations/entry.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidBoolean = defineRule({
  id: "invalid-boolean",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A yes-or-no annotation has a value that the controller can parse.",
  remediation: 'Write "true" or "false", or delete the annotation.',
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:86-98",
  onlyWith: keysOf(catalog, ({ type }) => type === "bool"),
  service,
  ingress: problems,
});

function service(context: ServiceContext): readonly Problem[] {
  return problems(context).map((problem) => ({ ...problem, ...asFarAsKnown(context.controller) }));
}

function problems({ read }: ServiceContext | IngressContext): readonly Problem[] {
  return read().flatMap(({ key, value, entry }) => {
    if (entry.value.type !== "bool" || entry.lenient === true || parseBool(value) !== undefined) return [];
    return [{ field: annotationField(key), message: `${quote(value)} is not a boolean of the Go language (${words})` }];
  });
}

const words = "1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False";
