import { alb, nlb } from "../annotations/catalog.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const securityGroupRulesNeedBackendGroup = defineRule({
  id: "security-group-rules-need-backend-group",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary:
    "Rules for the targets of a load balancer with named security groups are left to the controller only where it has its backend security group.",
  remediation:
    'Set the annotation manage-backend-security-group-rules to "false" and let the named security groups into the targets yourself, or have the controller\'s flag --enable-backend-security-group switched on.',
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:152-154",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:324",
  },
  onlyWith: [nlb.securityGroups, alb.securityGroups, alb.manageBackendSecurityGroupRules],
  service,
  ingress,
});

function service({ service: { annotations }, controller, inForce, facts }: ServiceContext): readonly Problem[] {
  // The flags are those of the AWS controller.
  if (controller.name !== "aws-load-balancer-controller" || inForce.securityGroups !== "named") return [];
  const { backendSecurityGroup, manageBackendSecurityGroupRules } = facts.profile;
  if (backendSecurityGroup) return [];
  const written = annotations[nlb.manageBackendSecurityGroupRules];
  const manages = written === undefined ? manageBackendSecurityGroupRules : parseBool(written);
  if (manages !== true) return [];
  const key = written === undefined ? nlb.securityGroups : nlb.manageBackendSecurityGroupRules;
  return [problem(key, { isFlag: written === undefined })];
}

/** The group names security groups and says who manages the rules; what members contradict each other in is for other rules. */
function ingress({ ingress: { annotations }, classification, group, facts }: IngressContext): readonly Problem[] {
  const { backendSecurityGroup, manageBackendSecurityGroupRules } = facts.profile;
  if (backendSecurityGroup || classification.outcome !== "served") return [];
  if (classification.controller !== "aws-load-balancer-controller") return [];
  const state = group();
  if (state?.values().securityGroups !== "named") return [];
  const written = state.members.flatMap(({ ingress: { view } }) => {
    const raw = view.annotations[alb.manageBackendSecurityGroupRules];
    return raw === undefined ? [] : [parseBool(raw)];
  });
  const manages = written.length === 0 ? manageBackendSecurityGroupRules : written.every((each) => each === true);
  const key = [alb.manageBackendSecurityGroupRules, alb.securityGroups].find((each) => each in annotations);
  return !manages || key === undefined ? [] : [problem(key, { isFlag: written.length === 0 })];
}

function problem(key: string, { isFlag }: { readonly isFlag: boolean }): Problem {
  const asks = isFlag ? "by its flag the controller manages" : "asks the controller to manage";
  const message = `${asks} the targets' rules for the named security groups, which it cannot without its backend security group, and that is switched off`;
  return { field: annotationField(key), message, identity: "rules without a backend group" };
}
