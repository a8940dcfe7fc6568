import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";

export const dualstackAndPrefixInOneStep = defineRule({
  id: "dualstack-and-prefix-in-one-step",
  kinds: ["Service"],
  severity: "warn",
  basis: "update-hazard",
  summary:
    "A load balancer that exists becomes dual-stack in one update, and gets prefixes for source NAT in a later one.",
  remediation: `Set ip-address-type to "dualstack" first, and this to "on" in a second update, which is safe.`,
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_manager.go:92-121",
  updatesOnly: true,
  onlyWith: [nlb.enablePrefixForIpv6SourceNat],
  service({ service, controller, inForce, old }) {
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    if (old.inForce.ipAddressType !== "ipv4" || inForce.ipAddressType !== "dualstack") return [];
    // One that is replaced is made with both at once.
    if (service.annotations[nlb.enablePrefixForIpv6SourceNat] !== "on") return [];
    if (old.inForce.scheme !== inForce.scheme) return [];
    const message =
      "the controller asks for the prefixes before it makes the load balancer dual-stack, and AWS likely refuses them on one that is IPv4";
    return [{ field: annotationField(nlb.enablePrefixForIpv6SourceNat), message }];
  },
});
