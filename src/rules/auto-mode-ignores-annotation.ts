import { alb, catalogEntry, ingressClassAnnotation, nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const autoModeIgnoresAnnotation = defineRule({
  id: "auto-mode-ignores-annotation",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "ignored-intent",
  summary: "A Service or an Ingress of EKS Auto Mode has no annotation that Auto Mode does not support.",
  remediation: "Delete the annotation.",
  source: {
    Service: "https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html",
    Ingress: "https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html",
  },
  onlyWith: [
    nlb.type,
    nlb.internal,
    nlb.proxyProtocol,
    nlb.loadBalancerSourceRanges,
    nlb.accessLogEnabled,
    nlb.accessLogS3BucketName,
    nlb.accessLogS3BucketPrefix,
    nlb.crossZoneLoadBalancingEnabled,
    ingressClassAnnotation,
    alb.groupName,
    alb.wafAclId,
    alb.webAclId,
    alb.shieldAdvancedProtection,
  ],
  service,
  ingress,
});

function service({ service: { annotations }, controller, inForce }: ServiceContext): readonly Problem[] {
  if (controller.name !== "eks-auto-mode") return [];
  const isIp = inForce.targetType === "ip";
  return Object.entries(annotations).flatMap(([key, value]): readonly Problem[] => {
    const instead = catalogEntry(key, "Service")?.autoModeTakes;
    if (instead === undefined) return [];
    const problem = unread(key, value);
    // The class has decided, and what these ask for is what Auto Mode builds: an NLB, for nlb-ip one with ip targets.
    if (key === nlb.type && (value === "external" || value === "nlb" || (value === "nlb-ip" && isIp))) {
      return [{ ...problem, remedy: "Delete it: spec.loadBalancerClass decides.", severity: "warn" }];
    }
    return [{ ...problem, remedy: `Delete it and use ${instead}.` }];
  });
}

function ingress({ ingress: { annotations }, classification }: IngressContext): readonly Problem[] {
  if (classification.outcome !== "served" || classification.controller !== "eks-auto-mode") return [];
  return Object.entries(annotations).flatMap(([key, value]): readonly Problem[] => {
    const instead = catalogEntry(key, "Ingress")?.autoModeTakes;
    if (instead === undefined) return [];
    if (key === ingressClassAnnotation) {
      return [{ ...unread(key, value), remedy: "Delete it: the IngressClass decides.", severity: "warn" }];
    }
    return [{ ...unread(key, value), remedy: `Delete it and use ${instead}.` }];
  });
}

function unread(key: string, value: string): Pick<Problem, "field" | "message"> {
  return { field: annotationField(key), message: `${quote(value)} is not read by EKS Auto Mode` };
}
