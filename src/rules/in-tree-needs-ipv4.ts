import { defineRule } from "../decision/rule.ts";

export const inTreeNeedsIpv4 = defineRule({
  id: "in-tree-needs-ipv4",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary:
    "A Service of the in-tree controller needs an IPv4 family: its load balancers and their targets are IPv4 only.",
  remediation:
    "Set spec.loadBalancerClass to the AWS Load Balancer Controller's class, with ip-address-type dualstack and target type ip.",
  source: "https://github.com/kubernetes/cloud-provider-aws/blob/63ec440/pkg/providers/v1/aws_loadbalancer.go#L165",
  onlyFor: ["no-class"],
  readsFamilies: true,
  service({ service, controller }) {
    if (controller.name !== "cloud-controller-manager" || service.ipFamilies?.includes("IPv4") !== false) return [];
    return [
      {
        field: "spec.ipFamilies",
        message: `${service.ipFamilies.join(", ")} alone, and no controller but the in-tree one is chosen, which cannot build an IPv6 load balancer`,
      },
    ];
  },
});
