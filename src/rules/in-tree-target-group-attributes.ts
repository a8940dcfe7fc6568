import { nlb } from "../annotations/catalog.ts";
import { isInTreeNlb, parseInTreeMap } from "../annotations/in-tree.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { ServiceContext } from "../decision/rule.ts";

export const inTreeTargetGroupAttributes = defineRule({
  id: "in-tree-target-group-attributes",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Target group attributes of the in-tree controller are the two that it knows, on a Network Load Balancer.",
  remediation:
    "Delete the annotation, or create the Service with a load balancer class whose controller reads more attributes.",
  source: "AWS cloud controller manager 1.36, pkg/providers/v1/aws_validations.go:84-141",
  versions: "AWS cloud controller manager 1.34; earlier ones do not read the annotation",
  onlyWith: [nlb.targetGroupAttributes],
  service({ service, controller, facts: { profile } }) {
    const raw = service.annotations[nlb.targetGroupAttributes];
    if (controller.name !== "cloud-controller-manager" || raw === undefined) return [];
    const field = annotationField(nlb.targetGroupAttributes);
    const version = profile.inTreeVersion;
    if (version !== undefined && (version.major < 1 || (version.major === 1 && version.minor < 34))) {
      const message = `${quote(raw)} is not read by the in-tree controller before version 1.34`;
      return [{ field, message, severity: "warn" }];
    }
    if (!isInTreeNlb(service.annotations[nlb.type])) {
      const message = "the in-tree controller takes it for a Network Load Balancer only, and builds a Classic one here";
      return [{ field, message }];
    }
    return [...parseInTreeMap(raw)].flatMap(([key, value]) => {
      const message = fault(key, value, service);
      return message === undefined ? [] : [{ field, message }];
    });
  },
});

function fault(key: string, value: string, { ports }: ServiceContext["service"]): string | undefined {
  if (key !== "preserve_client_ip.enabled" && key !== "proxy_protocol_v2.enabled") {
    return `${quote(key)} is an attribute that the in-tree controller rejects: it takes preserve_client_ip.enabled and proxy_protocol_v2.enabled`;
  }
  if (value !== "true" && value !== "false") return `${quote(`${key}=${value}`)} is neither true nor false`;
  const hasUdp = ports.some(({ protocol }) => protocol === "UDP");
  if (key !== "preserve_client_ip.enabled" || value === "true" || !hasUdp) return undefined;
  return `${quote(`${key}=${value}`)} is not possible for a UDP port`;
}
