import { ingressClassAnnotation } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";

export const classChangeAbandonsLoadBalancer = defineRule({
  id: "class-change-abandons-load-balancer",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "update-hazard",
  summary: "The class of an object whose load balancer exists must stay.",
  remediation:
    "Keep the class; to move, create a second object with the other class, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/group_loader.go:196-222",
  updatesOnly: true,
  confirmable: true,
  service({ service, old }) {
    if (old?.provisioned !== true || old.service.type !== "LoadBalancer" || service.type !== "LoadBalancer") return [];
    const [before, after] = [old.service.loadBalancerClass, service.loadBalancerClass];
    if (before === after) return [];
    const change = `from ${named(before)} to ${named(after)}`;
    const message = `${change}: the API server refuses this, since the load balancer would lose its controller`;
    return [{ field: "spec.loadBalancerClass", message }];
  },
  ingress({ ingress, albClass, old }) {
    if (old?.provisioned !== true || old.albClass === undefined) return [];
    const key = ingressClassAnnotation;
    const written = ingress.annotations[key];
    const field =
      written === old.ingress.annotations[key] ? "spec.ingressClassName" : annotationField(ingressClassAnnotation);
    if (albClass === undefined) {
      const to = named(written ?? ingress.ingressClassName);
      const message = `from ${quote(old.albClass.name)} to ${to}: the load balancer, or in a group this Ingress's rules on it, is deleted`;
      return [{ field, message }];
    }
    if (albClass.name === old.albClass.name && albClass.hasParams === old.albClass.hasParams) return [];
    const message = `from ${quote(old.albClass.name)} to ${quote(albClass.name)}: other IngressClassParams may apply, and a changed scheme or group replaces the load balancer`;
    const remedy = "Compare the parameters of the two IngressClasses first.";
    return [{ field, message, remedy, severity: "warn" }];
  },
});

function named(className: string | undefined): string {
  return className === undefined ? "no class" : quote(className);
}
