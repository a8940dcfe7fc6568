import { albValues, defineRule, isFronted, ownField, statesFrontendScheme } from "../decision/rule.ts";

export const frontendNlbSchemeNotStated = defineRule({
  id: "frontend-nlb-scheme-not-stated",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "An internet-facing ALB with an NLB in front of it states the scheme of that NLB.",
  remediation: 'Set frontend-nlb-scheme to "internet-facing", or to "internal" if that is meant.',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_frontend_nlb.go:97-107",
  ingress(context) {
    if (context.facts.profile.defaultScheme !== "internal") return [];
    if (albValues(context).scheme !== "internet-facing" || isFronted(context) !== true) return [];
    const field = statesFrontendScheme(context) ? undefined : ownField(context, ["enable-frontend-nlb", "scheme"]);
    if (field === undefined) return [];
    const message =
      "the NLB in front does not follow the ALB, which is internet-facing: by the controller's default it is internal";
    return [{ field, message, identity: "frontend NLB" }];
  },
});
