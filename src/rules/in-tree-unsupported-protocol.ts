import { nlb } from "../annotations/catalog.ts";
import { isInTreeNlb } from "../annotations/in-tree.ts";
import { defineRule } from "../decision/rule.ts";

export const inTreeUnsupportedProtocol = defineRule({
  id: "in-tree-unsupported-protocol",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "A Classic Load Balancer of the in-tree controller serves TCP, its Network Load Balancer TCP and UDP.",
  remediation: "Create the Service with a load balancer class of the AWS Load Balancer Controller.",
  source: "https://github.com/kubernetes/cloud-provider-aws/blob/63ec440/pkg/providers/v1/aws.go",
  onlyFor: ["no-class"],
  service({ service: { ports, annotations }, controller }) {
    if (controller.name !== "cloud-controller-manager") return [];
    const isNlb = isInTreeNlb(annotations[nlb.type]);
    const index = ports.findIndex(({ protocol }) => protocol !== "TCP" && !(isNlb && protocol === "UDP"));
    const port = ports[index];
    if (port === undefined) return [];
    const kind = isNlb ? "Network Load Balancer serves TCP and UDP" : "Classic Load Balancer serves TCP";
    const message = `${port.protocol}: the in-tree controller's ${kind} only`;
    return [{ field: `spec.ports[${index}].protocol`, message, identity: port.protocol }];
  },
});
