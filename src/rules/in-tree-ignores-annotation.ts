import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const inTreeIgnoresAnnotation = defineRule({
  id: "in-tree-ignores-annotation",
  kinds: ["Service"],
  severity: "deny",
  basis: "ignored-intent",
  summary: "A Service of the in-tree controller must not ask for what that controller neither reads nor builds.",
  remediation: "Create the Service with a load balancer class whose controller reads the annotation, or remove it.",
  source: "AWS cloud controller manager 1.36, pkg/providers/v1/aws.go:97-252",
  onlyFor: ["no-class"],
  service(context) {
    if (context.controller.name !== "cloud-controller-manager") return [];
    return [...scheme(context), ...addressType(context), ...targetType(context), ...proxyProtocol(context)];
  },
});

function scheme({ service: { annotations }, inForce }: ServiceContext): readonly Problem[] {
  const written = annotations[nlb.scheme];
  if (written === undefined || intent(written) === inForce.scheme) return [];
  const isPublic = inForce.scheme === "internet-facing";
  return [
    ignored(
      nlb.scheme,
      written,
      isPublic ? "the load balancer would be PUBLIC" : "the load balancer would be internal",
      isPublic
        ? `Add the annotation ${nlb.internal}: "true", which it reads, or create the Service with a load balancer class.`
        : `Remove the annotation ${nlb.internal}, which it reads, or create the Service with a load balancer class.`,
    ),
  ];
}

function addressType({ service: { annotations } }: ServiceContext): readonly Problem[] {
  const written = annotations[nlb.ipAddressType];
  if (written === undefined || intent(written) === "ipv4") return [];
  return [ignored(nlb.ipAddressType, written, "it builds IPv4 load balancers only")];
}

function targetType({ service: { annotations } }: ServiceContext): readonly Problem[] {
  const written = annotations[nlb.targetType];
  if (written === undefined || intent(written) === "instance") return [];
  return [ignored(nlb.targetType, written, "it registers instances only")];
}

/** A Classic load balancer does follow it; an NLB follows the target group's attribute alone (aws.go:2567-2573). */
function proxyProtocol({ service: { annotations, ports }, inForce }: ServiceContext): readonly Problem[] {
  const written = annotations[nlb.proxyProtocol];
  if (annotations[nlb.type] !== "nlb" || written !== "*" || inForce.proxyProtocolPorts?.length === ports.length) {
    return [];
  }
  return [
    ignored(
      nlb.proxyProtocol,
      written,
      "an NLB of its own would send no proxy protocol",
      `Set ${nlb.targetGroupAttributes} to "proxy_protocol_v2.enabled=true", which it reads since version 1.34.`,
    ),
  ];
}

/**
 * Nobody parses these values here, so letter case and spaces do not change what the author meant. What they meant by any
 * other word is not what the in-tree controller does: it would take the Service without looking.
 */
function intent(written: string): string {
  return written.trim().toLowerCase();
}

function ignored(key: string, written: string | undefined, consequence: string, remedy?: string): Problem {
  const message = `${quote(written ?? "")} is not read by the in-tree controller: ${consequence}`;
  return { field: annotationField(key), message, ...(remedy === undefined ? {} : { remedy }) };
}
