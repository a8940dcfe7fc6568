import { backendUse } from "../decision/ingress-use.ts";
import { severityFor } from "../decision/value-faults.ts";
import { defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const wildcardInPath = defineRule({
  id: "wildcard-in-path",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A path with a wildcard has the pathType ImplementationSpecific.",
  remediation: 'Set the pathType to "ImplementationSpecific", or write the path without "*" and "?".',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_listener_rules.go:230-265",
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const problems = context.ingress.rules.flatMap(({ paths }, index) =>
    paths.flatMap(({ path = "", pathType }, at): readonly Problem[] => {
      if ((pathType !== "Exact" && pathType !== "Prefix") || !/[*?]/.test(path)) return [];
      const field = `spec.rules[${index}].http.paths[${at}].path`;
      const message = `${quote(path)} has a wildcard, which the controller does not accept with the pathType ${pathType}`;
      return [{ field, message, identity: `${pathType} ${path}` }];
    }),
  );
  const use = problems.length === 0 ? "unread" : backendUse(context);
  return use === "unread" ? [] : problems.map((problem) => ({ ...problem, ...severityFor(context, use) }));
}
