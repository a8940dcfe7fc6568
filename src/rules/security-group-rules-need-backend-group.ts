import { nlb } from "../annotations/catalog.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const securityGroupRulesNeedBackendGroup = defineRule({
  id: "security-group-rules-need-backend-group",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary:
    "Rules for the targets of an NLB with named security groups are left to the controller only where it has its backend security group.",
  remediation:
    'Set the annotation manage-backend-security-group-rules to "false" and let the named security groups into the targets yourself, or have the controller\'s flag --enable-backend-security-group switched on.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:152-154",
  onlyWith: [nlb.securityGroups],
  service,
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
  const asks = written === undefined ? "by its flag the controller manages" : "asks the controller to manage";
  const message = `${asks} the targets' rules for the named security groups, which it cannot without its backend security group, and that is switched off`;
  return [{ field: annotationField(key), message, identity: "rules without a backend group" }];
}
