import { alb } from "../annotations/catalog.ts";
import { backendReferences, backendUse, listensWithHttps, weaker } from "../decision/ingress-use.ts";
import type { BackendReference } from "../decision/ingress-use.ts";
import { severityFor } from "../decision/value-faults.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const authenticationNeedsProvider = defineRule({
  id: "authentication-needs-provider",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An Ingress that has users authenticate says with which identity provider.",
  remediation: "Add the annotation for the provider, or delete auth-type.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_actions.go:145-200",
  ingress,
});

/** Only a listener of HTTPS authenticates. */
function ingress(context: IngressContext): readonly Problem[] {
  const isStated =
    alb.authType in context.ingress.annotations ||
    context.backends().some(({ service }) => service !== undefined && alb.authType in service.annotations);
  const isHttps = isStated ? listensWithHttps(context) : false;
  if (isHttps === false) return [];
  const built = weaker(backendUse(context), isHttps === true ? "read" : "perhaps");
  if (built === "unread") return [];
  const problems = new Map<string, Problem>();
  for (const reference of backendReferences(context)) {
    const { type, service } = typeOf(reference, context);
    const provider = type === undefined ? undefined : providers.get(type);
    if (type === undefined || provider === undefined || states(reference, context, provider)) continue;
    const field = service === undefined ? annotationField(alb.authType) : reference.field;
    const isOpen = reference.single?.service === undefined && reference.single?.isMissing === false;
    const whose = service === undefined ? quote(type) : `the auth-type ${quote(type)} of the Service ${quote(service)}`;
    const message = `${whose} needs the annotation ${provider}, which is not there`;
    const severity = severityFor(context, isOpen ? "perhaps" : built);
    const remedy = `Add the annotation ${provider}, or delete auth-type.`;
    if (problems.get(field)?.severity !== undefined || !problems.has(field)) {
      problems.set(field, { field, message, remedy, ...severity });
    }
  }
  return [...problems.values()];
}

const providers: ReadonlyMap<string, string> = new Map([
  ["cognito", alb.authIdpCognito],
  ["oidc", alb.authIdpOidc],
]);

/** That of the only Service to which the backend leads comes first. */
function typeOf(
  { single }: BackendReference,
  { ingress: { annotations } }: IngressContext,
): { readonly type: string | undefined; readonly service?: string | undefined } {
  const type = single?.service?.annotations[alb.authType];
  return type === undefined ? { type: annotations[alb.authType] } : { type, service: single?.target.service };
}

function states({ single }: BackendReference, { ingress: { annotations } }: IngressContext, key: string): boolean {
  return key in annotations || (single?.service !== undefined && key in single.service.annotations);
}
