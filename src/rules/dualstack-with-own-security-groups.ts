import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const dualstackWithOwnSecurityGroups = defineRule({
  id: "dualstack-with-own-security-groups",
  kinds: ["Service"],
  severity: "warn",
  basis: "aws",
  summary: "The security groups that are named for a dual-stack NLB let IPv6 clients in as well.",
  remediation: "See that these groups have inbound rules for IPv6 (for all clients: ::/0); where they do, ignore this.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:131-150",
  onlyWith: [nlb.securityGroups],
  service,
});

function service({ inForce }: ServiceContext): readonly Problem[] {
  if (inForce.ipAddressType !== "dualstack" || inForce.securityGroups !== "named") return [];
  const message =
    "the controller adds no rules to security groups that are named: IPv6 clients of the dual-stack NLB time out unless these groups let them in";
  return [{ field: annotationField(nlb.securityGroups), message }];
}
