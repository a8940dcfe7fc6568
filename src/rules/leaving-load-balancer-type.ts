import { nlb } from "../annotations/catalog.ts";
import { defineRule, quote } from "../decision/rule.ts";
import type { ServiceContext } from "../decision/rule.ts";

export const leavingLoadBalancerType = defineRule({
  id: "leaving-load-balancer-type",
  kinds: ["Service"],
  severity: "warn",
  basis: "update-hazard",
  summary: "A Service that leaves the type LoadBalancer should leave no load balancer behind, nor lose it by surprise.",
  remediation: `Remove the annotation ${nlb.type} as well, so that the load balancer is deleted.`,
  source: "AWS Load Balancer Controller 3.5, pkg/service/service_utils.go:47-77",
  updatesOnly: true,
  service({ service, old }) {
    if (old?.service.type !== "LoadBalancer" || service.type === "LoadBalancer") return [];
    const { name, chosenBy } = old.controller;
    if (name !== "aws-load-balancer-controller" && name !== "eks-auto-mode") return [];
    if (chosenBy === "class") {
      if (!old.provisioned) return [];
      const message = `${quote(service.type)} takes the load balancer class away, and the controller deletes the NLB`;
      return [{ field: "spec.type", message, remedy: "Keep LoadBalancer if the NLB is still in use." }];
    }
    if (!staysClaimed(service)) return [];
    // Its gate ServiceTypeLoadBalancerOnly is off by default.
    const message = `${quote(service.type)} does not remove the NLB: the AWS Load Balancer Controller goes on serving the Service for its annotation`;
    return [{ field: "spec.type", message }];
  },
});

function staysClaimed({ annotations }: ServiceContext["service"]): boolean {
  if (annotations[nlb.type] === "nlb-ip") return true;
  const target = annotations[nlb.targetType];
  return annotations[nlb.type] === "external" && (target === "ip" || target === "instance");
}
