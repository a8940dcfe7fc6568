import { defineRule, quote, useProblems } from "../decision/rule.ts";
import type { BackendContext, Problem } from "../decision/rule.ts";

export const backendFamilyChangeBlocksController = defineRule({
  id: "backend-family-change-blocks-controller",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "A Service behind an ALB that exists must neither gain nor lose IPv6 in spec.ipFamilies.",
  remediation: "Keep the families; to change them, create a second Service and lead the Ingress to it.",
  source: "AWS Load Balancer Controller 3.5, webhooks/elbv2/targetgroupbinding_validator.go:173-198",
  versions: "AWS Load Balancer Controller 3.5",
  confirmable: true,
  updatesOnly: true,
  backend,
});

function backend({ service, old, ingresses }: BackendContext): readonly Problem[] {
  if (old === undefined) return [];
  const [had, has] = [old, service].map(({ ipFamilies }) => ipFamilies?.includes("IPv6") === true);
  if (had === has) return [];
  const change = has === true ? "adding" : "dropping";
  return useProblems(ingresses, ({ name, isProvisioned }) => {
    if (!isProvisioned) return [];
    const message = `${change} IPv6 blocks the controller: the family of the target group of Ingress ${quote(name)} cannot change, and no later change of its group gets through`;
    return [{ field: "spec.ipFamilies", message }];
  });
}
