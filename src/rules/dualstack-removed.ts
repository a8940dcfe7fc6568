import { alb, nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem } from "../decision/rule.ts";

export const dualstackRemoved = defineRule({
  id: "dualstack-removed",
  kinds: ["Service", "Ingress"],
  severity: "warn",
  basis: "update-hazard",
  summary: "A load balancer that exists and is dual-stack should stay so while IPv6 clients use it.",
  remediation: `Keep "dualstack", unless no client reaches it over IPv6.`,
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_manager.go:137-166",
  updatesOnly: true,
  service({ controller, inForce, old }) {
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    return removed(annotationField(nlb.ipAddressType), old.inForce.ipAddressType, inForce.ipAddressType, "");
  },
  ingress({ ingress: { annotations }, group, old }) {
    if (old === undefined) return [];
    return (group()?.changesFrom(old.group()) ?? []).flatMap(({ before, after, others }) => {
      const keys = [old.ingress.annotations, annotations].some((written) => written[alb.ipAddressType] !== undefined);
      const field = keys ? annotationField(alb.ipAddressType) : "spec.ingressClassName";
      const count = others === 1 ? "another Ingress uses" : `${others} other Ingresses use`;
      const shared = others === 0 ? "" : `, and ${count} it too`;
      return removed(field, before.ipAddressType, after.ipAddressType, shared);
    });
  },
});

function removed(
  field: string,
  before: string | undefined,
  after: string | undefined,
  shared: string,
): readonly Problem[] {
  if (before === undefined || before === "ipv4" || after !== "ipv4") return [];
  const message = `from ${before} to ipv4: the load balancer loses its IPv6 addresses and AAAA records${shared}`;
  return [{ field, message }];
}
