import { conditionValuesIn } from "../annotations/alb-json.ts";
import type { ConditionValues } from "../annotations/alb-json.ts";
import { alb } from "../annotations/catalog.ts";
import { backendReferences, backendUse } from "../decision/ingress-use.ts";
import { parseBool, parseJson } from "../annotations/parse.ts";
import { severityFor } from "../decision/value-faults.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const conditionMixesValuesAndPatterns = defineRule({
  id: "condition-mixes-values-and-patterns",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "Host and path of a rule are compared with plain values or with regular expressions, and not with both.",
  remediation:
    "Write what the rule and its conditions compare with in one way: plain values everywhere, or regexValues with no host and no plain path in the rule.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_listener_rules.go:180-190",
  onlyWith: [`${alb.conditions}.`],
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const { annotations, rules } = context.ingress;
  const problems = new Map<string, Problem>();
  for (const { backend, path } of backendReferences(context)) {
    const key = `${alb.conditions}.${backend.name}`;
    const raw = annotations[key];
    if (path === undefined || raw === undefined || problems.has(key)) continue;
    const conditions = conditionValuesIn(parseJson(raw)?.value);
    const host = rules.find(({ paths }) => paths.includes(path))?.host ?? "";
    const isPattern = isPatternPath(path.pathType, annotations[alb.useRegexPathMatch]);
    const ofHost = mixes(conditions, "host-header", { hasValues: host !== "", hasPatterns: false });
    const hasPath = (path.path ?? "") !== "";
    const ofPath = mixes(conditions, "path-pattern", {
      hasValues: hasPath && !isPattern,
      hasPatterns: hasPath && isPattern,
    });
    if (!ofHost && !ofPath) continue;
    const what = ofHost ? "host" : "path";
    const message = `together with the rules that use it, it compares the ${what} with plain values and with regular expressions`;
    problems.set(key, { field: annotationField(key), message, identity: `${key} ${what}` });
  }
  const use = problems.size === 0 ? "unread" : backendUse(context);
  return use === "unread"
    ? []
    : [...problems.values()].map((problem) => ({ ...problem, ...severityFor(context, use) }));
}

function isPatternPath(pathType = "ImplementationSpecific", useRegex = "false"): boolean {
  return pathType === "ImplementationSpecific" && parseBool(useRegex) === true;
}

function mixes(
  conditions: readonly ConditionValues[],
  field: ConditionValues["field"],
  ofRule: Omit<ConditionValues, "field">,
): boolean {
  const all = [ofRule, ...conditions.filter((condition) => condition.field === field)];
  return all.some(({ hasValues }) => hasValues) && all.some(({ hasPatterns }) => hasPatterns);
}
