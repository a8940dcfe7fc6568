import { defineRule } from "../decision/rule.ts";

export const noLoadBalancerControllerChosen = defineRule({
  id: "no-load-balancer-controller-chosen",
  kinds: ["Service"],
  severity: "deny",
  basis: "policy",
  summary: "Where the policy's claim is Refuse, a LoadBalancer Service must say which controller builds it.",
  remediation: "Set spec.loadBalancerClass to the class of the controller that is to build the load balancer.",
  source: "LoadBalancerPolicy, spec.service.claim",
  onlyFor: ["no-class"],
  service({ controller, inForce, policy: { policy } }) {
    if (policy?.spec.service.claim !== "Refuse") return [];
    if (controller.name !== "cloud-controller-manager" || controller.chosenBy !== "default") return [];
    const reach = inForce.scheme === "internet-facing" ? "PUBLIC" : "internal";
    const built = `the in-tree controller would build a load balancer that is IPv4 only and ${reach}`;
    return [
      {
        field: "spec.loadBalancerClass",
        message: `no controller is chosen, so ${built}, which policy ${policy.metadata.name} refuses`,
        identity: "nobody chosen",
      },
    ];
  },
});
