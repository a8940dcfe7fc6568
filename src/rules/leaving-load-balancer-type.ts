import { nlb } from "../annotations/catalog.ts";
import { forbidsDeletion } from "../annotations/deletion-protection.ts";
import { buildsNlb, defineRule, quote } from "../decision/rule.ts";
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
  service({ service, facts, old }) {
    if (old?.service.type !== "LoadBalancer" || service.type === "LoadBalancer" || !buildsNlb(old.controller))
      return [];
    const { name, chosenBy } = old.controller;
    const stays = name === "aws-load-balancer-controller" && staysClaimed(service);
    if (stays && !facts.profile.featureGates.ServiceTypeLoadBalancerOnly) {
      const message = `${quote(service.type)} does not remove the NLB: the AWS Load Balancer Controller goes on serving the Service for its annotation`;
      return [{ field: "spec.type", message }];
    }
    if (!old.provisioned) return [];
    if (name === "aws-load-balancer-controller" && forbidsDeletion(service.annotations)) {
      const message = `${quote(service.type)} does not remove the NLB: the controller lets go of the Service, but deletes nothing while ${nlb.attributes} has ${quote(service.annotations[nlb.attributes] ?? "")}`;
      const remedy =
        "Keep LoadBalancer, or write deletion_protection.enabled=false there if the NLB is no longer in use.";
      return [{ field: "spec.type", message, remedy }];
    }
    const reason =
      chosenBy === "class"
        ? "takes the load balancer class away"
        : stays
          ? "takes the Service away from the controller, whose feature gate ServiceTypeLoadBalancerOnly is on"
          : undefined;
    // The author who takes the annotation away as well has seen to it.
    if (reason === undefined) return [];
    const message = `${quote(service.type)} ${reason}, and the controller deletes the NLB`;
    return [{ field: "spec.type", message, remedy: "Keep LoadBalancer if the NLB is still in use." }];
  },
});

function staysClaimed({ annotations }: ServiceContext["service"]): boolean {
  if (annotations[nlb.type] === "nlb-ip") return true;
  const target = annotations[nlb.targetType];
  return annotations[nlb.type] === "external" && (target === "ip" || target === "instance");
}
