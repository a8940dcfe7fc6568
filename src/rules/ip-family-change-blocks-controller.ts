import { buildsNlb, defineRule } from "../decision/rule.ts";

export const ipFamilyChangeBlocksController = defineRule({
  id: "ip-family-change-blocks-controller",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "A Service whose load balancer exists must neither gain nor lose IPv6 in spec.ipFamilies.",
  remediation: "Keep the families; to change them, create a second Service, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, webhooks/elbv2/targetgroupbinding_validator.go:174-201",
  updatesOnly: true,
  readsFamilies: true,
  versions: "AWS Load Balancer Controller 3.5",
  confirmable: true,
  service({ service, controller, old }) {
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    if (!buildsNlb(controller)) return [];
    const [before, after] = [old.service.ipFamilies, service.ipFamilies];
    if (before === undefined || after === undefined || before.includes("IPv6") === after.includes("IPv6")) return [];
    const change = before.includes("IPv6") ? "dropping" : "adding";
    const message = `${change} IPv6 blocks the controller: the family of the target group that exists cannot change, and no later change of the Service gets through`;
    return [{ field: "spec.ipFamilies", message }];
  },
});
