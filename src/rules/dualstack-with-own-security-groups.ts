import { nlb } from "../annotations/catalog.ts";
import { albValues, annotationField, defineRule, namesSecurityGroups, ownField } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const dualstackWithOwnSecurityGroups = defineRule({
  id: "dualstack-with-own-security-groups",
  kinds: ["Service", "Ingress"],
  severity: "warn",
  basis: "aws",
  summary: "The security groups that are named for a dual-stack load balancer let IPv6 clients in as well.",
  remediation: "See that these groups have inbound rules for IPv6 (for all clients: ::/0); where they do, ignore this.",
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:131-150",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:285-300",
  },
  onlyWith: { service: [nlb.securityGroups] },
  service,
  ingress,
});

function service({ inForce }: ServiceContext): readonly Problem[] {
  if (inForce.ipAddressType !== "dualstack" || inForce.securityGroups !== "named") return [];
  return [{ field: annotationField(nlb.securityGroups), message: messageOn("NLB") }];
}

function ingress(context: IngressContext): readonly Problem[] {
  const { ipAddressType } = albValues(context);
  if (ipAddressType === undefined || ipAddressType === "ipv4" || !namesSecurityGroups(context)) return [];
  const field = ownField(context, ["security-groups", "ip-address-type"]);
  return field === undefined ? [] : [{ field, message: messageOn("ALB"), identity: "named security groups" }];
}

function messageOn(loadBalancer: string): string {
  return `the controller adds no rules to security groups that are named: IPv6 clients of the dual-stack ${loadBalancer} time out unless these groups let them in`;
}
