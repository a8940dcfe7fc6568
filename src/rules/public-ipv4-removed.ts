import { alb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem } from "../decision/rule.ts";

export const publicIpv4Removed = defineRule({
  id: "public-ipv4-removed",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "update-hazard",
  summary: "A load balancer that exists keeps its public IPv4 addresses while clients use them.",
  remediation: 'Keep "dualstack", unless no client reaches the load balancer over IPv4.',
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_manager.go:137-166",
  updatesOnly: true,
  confirmable: true,
  ingress({ ingress: { annotations }, group, old }) {
    if (old === undefined) return [];
    return (group()?.changesFrom(old.group()) ?? []).flatMap(({ before, after, others }): readonly Problem[] => {
      const from = before.ipAddressType;
      if (from === undefined || from === value || after.ipAddressType !== value) return [];
      const isWritten = annotations[alb.ipAddressType] !== undefined;
      const field = isWritten ? annotationField(alb.ipAddressType) : "spec.ingressClassName";
      const message = `from ${from} to ${value}: the load balancer loses its public IPv4 addresses`;
      if (others === 0) return [{ field, message, severity: "warn" }];
      const count = others === 1 ? "another Ingress uses" : `${others} other Ingresses use`;
      return [{ field, message: `${message}, and ${count} it too` }];
    });
  },
});

const value = "dualstack-without-public-ipv4";
