import { nlb } from "../annotations/catalog.ts";
import { isInTreeNlb } from "../annotations/in-tree.ts";
import { defineRule } from "../decision/rule.ts";

export const inTreeMixedProtocols = defineRule({
  id: "in-tree-mixed-protocols",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "The ports of a Service of the in-tree controller have one protocol.",
  remediation:
    "Make a Service for each protocol, or create the Service with a load balancer class of the AWS Load Balancer Controller.",
  source: "AWS cloud controller manager 1.36, pkg/providers/v1/aws.go:3722",
  onlyFor: ["no-class"],
  service({ service: { ports, annotations }, controller }) {
    // A Classic Load Balancer serves TCP only, of which another rule says that no Service for each protocol helps.
    if (controller.name !== "cloud-controller-manager" || !isInTreeNlb(annotations[nlb.type])) return [];
    const first = ports[0]?.protocol;
    const index = ports.findIndex(({ protocol }) => protocol !== first);
    const other = ports[index];
    if (other === undefined) return [];
    const message = `${other.protocol} beside ${first ?? ""}: the in-tree controller does not build a load balancer for mixed protocols`;
    return [{ field: `spec.ports[${index}].protocol`, message, identity: "mixed protocols" }];
  },
});
