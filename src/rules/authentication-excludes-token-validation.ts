import { alb } from "../annotations/catalog.ts";
import { backendReferences, backendUse, listensWithHttps, weaker } from "../decision/ingress-use.ts";
import type { BackendReference } from "../decision/ingress-use.ts";
import { severityFor } from "../decision/value-faults.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const authenticationExcludesTokenValidation = defineRule({
  id: "authentication-excludes-token-validation",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An Ingress has users authenticate or their tokens validated, and not both.",
  remediation: 'Delete jwt-validation, or set auth-type to "none".',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_actions.go:20-60",
  onlyWith: [alb.jwtValidation],
  ingress,
});

/** Only a listener of HTTPS does either. */
function ingress(context: IngressContext): readonly Problem[] {
  if (!(alb.jwtValidation in context.ingress.annotations)) return [];
  const isHttps = listensWithHttps(context);
  const built = weaker(backendUse(context), isHttps === true ? "read" : "perhaps");
  if (isHttps === false || built === "unread") return [];
  const found = backendReferences(context).filter((reference) => authenticates(reference, context));
  const [first] = found;
  if (first === undefined) return [];
  const isCertain = found.some(
    ({ single }) => single === undefined || single.service !== undefined || single.isMissing,
  );
  const message = `the auth-type is ${quote(typeOf(first, context))}, and the controller does not put both before a backend`;
  const field = annotationField(alb.jwtValidation);
  return [{ field, message, identity: "both", ...severityFor(context, isCertain ? built : "perhaps") }];
}

function authenticates(reference: BackendReference, context: IngressContext): boolean {
  const type = typeOf(reference, context);
  return type === "cognito" || type === "oidc";
}

function typeOf({ single }: BackendReference, { ingress: { annotations } }: IngressContext): string {
  return single?.service?.annotations[alb.authType] ?? annotations[alb.authType] ?? "none";
}
