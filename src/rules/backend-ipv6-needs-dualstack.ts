import { defineRule, quote, useProblems } from "../decision/rule.ts";
import type { BackendContext, Problem } from "../decision/rule.ts";

export const backendIpv6NeedsDualstack = defineRule({
  id: "backend-ipv6-needs-dualstack",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "A Service behind an ALB that is IPv4 only does not get IPv6 among its ipFamilies.",
  remediation:
    'Set the annotation ip-address-type of the Ingress to "dualstack" first, or leave the Service IPv4 only.',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:274-289",
  confirmable: true,
  backend,
});

function backend({ service, ingresses }: BackendContext): readonly Problem[] {
  if (service.ipFamilies?.includes("IPv6") !== true) return [];
  return useProblems(ingresses, ({ name, isProvisioned, ipAddressType }) => {
    if (ipAddressType() !== "ipv4") return [];
    const message = `has IPv6, and the ALB of Ingress ${quote(name)} is IPv4 only: the controller then changes nothing of its whole group`;
    const problem = { field: "spec.ipFamilies", message };
    return [isProvisioned ? { ...problem, remedy: remedyOnceBuilt } : problem];
  });
}

/** The family of a target group that exists cannot change, whatever the ALB in front of it becomes. */
const remedyOnceBuilt =
  "Leave this Service IPv4 only; for IPv6 targets create a second Service, and lead a dual-stack Ingress to it.";
