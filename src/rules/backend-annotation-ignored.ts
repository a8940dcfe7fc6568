import { catalogEntry } from "../annotations/catalog.ts";
import { backendProblems, defineRule, quote } from "../decision/rule.ts";

export const backendAnnotationIgnored = defineRule({
  id: "backend-annotation-ignored",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "What is meant for an ALB stands on the Ingress, and not on the Services behind it.",
  remediation: "Move the annotation from the Service to the Ingress.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:138-201",
  ingress(context) {
    return backendProblems(context, ({ target, service }) => {
      const ignored = Object.keys(service?.annotations ?? {}).filter(isForIngresses);
      const [first] = ignored;
      if (first === undefined) return undefined;
      const more = ignored.length > 1 ? ` and ${ignored.length - 1} more` : "";
      const name = quote(target.service);
      const message = `nobody reads ${first}${more} on the Service ${name}, only on an Ingress`;
      return { message, identity: `annotations of ${name}` };
    });
  },
});

function isForIngresses(key: string): boolean {
  return catalogEntry(key, "Ingress") !== undefined && catalogEntry(key, "BackendService") === undefined;
}
